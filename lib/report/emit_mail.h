/*
 * emit_mail: the report as a complete message (RFC 5322) on its way to a
 * mailer, "sendmail -t" for example.
 *
 * multipart/alternative (RFC 2046) of the text report and the HTML, within
 * multipart/mixed beside the CSV where that is asked for; quoted-printable, no
 * line longer than 76 characters; lines end in LF, as programs that take
 * messages on standard input want.  Header values lose control characters, and
 * are encoded words (RFC 2047) where they are not ASCII.  The same report gives
 * the same bytes: Message-ID and boundaries come from what is in it, Date is
 * the moment the report stands at.
 *
 * Without `to` there is no To:, without `from` no From:, which a mailer adds.
 */
#ifndef LIB_REPORT_EMIT_MAIL_H
#define LIB_REPORT_EMIT_MAIL_H

#include "report/writer.h"

/* -1 with words when an address or the subject cannot stand in a header. */
int emit_mail(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err);

#endif
