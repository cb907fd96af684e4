# docs/rules.md out of the rule files: jq -rsf docs/rules.jq rules/rules.d/*.json

# Text that Markdown takes as it stands, in a table, too.
def plain: gsub("(?<c>[\\\\`*<>|\\[\\]])"; "\\\(.c)");

def families: {
  "auth": "Access, and the switch itself",
  "concurrency": "Calls at the same time",
  "cost": "Cost",
  "data-quality": "Records that do not add up",
  "destination": "Destinations",
  "dormancy": "Silence that ends",
  "duration": "Durations",
  "forwarding": "Forwarding",
  "inbound-quality": "Calls that come in",
  "list": "Listed numbers",
  "pattern": "Patterns",
  "time": "Hours",
  "volume": "Volume"
};

def scores: [.score, (.escalate // [])[].score | numbers];
def score:
  scores | if min == max then "\(min)" else "\(min) to \(max)" end;

# A number or a span as the file has it.
def value: if type == "string" then . else tojson end;

def list($what):
  if length == 0 then empty
  else "", "\($what):", "", (.[] | "- \(plain)") end;

def settings:
  if length == 0 then empty else
    "", "| setting | default | may be | what it is |", "|---|---|---|---|",
    (to_entries[] | "| `\(.key)` | \(.value.value | value) | " +
      "\([.value.min, .value.max | values | value] | join(" to ")) | " +
      "\(.value.help | plain) |")
  end;

def how:
  [ "Score \(score)",
    "by \(.by | map("`\(.)`") | join(" and "))",
    "fraud type \(.fraud_type)",
    (.follows | objects | "behind [\(.rule)](#\(.rule)) within \(.within)"),
    (select(.status != "stable") | .status),
    (select(.private) | "private: it serves other rules and makes no finding")
  ] | join("; ") + ".";

def section:
  "", "### \(.id)", "", "**\(.title | plain).** \(.description | plain)", "",
  how,
  (.params // {} | settings),
  (.false_positives // [] | list("Harmless calls that look like it")),
  (.triage // [] | list("What to look at")),
  (.references // [] | list("Source"));

[.[].rules // [] | .[]] | sort_by(.family, .id) |
"# The shipped rules",
"",
"\(length) rules, out of `rules/rules.d/` by `make docs`; do not edit. A case " +
"adds up what its rules say, so one of a low score is none by itself: " +
"`man/cdrguard-rules.5` tells how, and how a site changes a setting " +
"(`tuning`) or makes an exception (`waivers`). `cdrrules show ID` prints a " +
"rule with every clause and the settings in force.",
"",
(group_by(.family)[] |
  "", "## \(families[.[0].family] // .[0].family)", "",
  "| rule | what it says | score |", "|---|---|---|",
  (.[] | "| [\(.id)](#\(.id)) | \(.title | plain) | \(score) |"),
  (.[] | section))
