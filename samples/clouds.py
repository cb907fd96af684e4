"""Samples of exports with a header, of cloud services and carriers.

Each is a few calls of the firm in make-samples, written as that service
writes them.  All in one place, because there is nothing to compute.
"""
import os

BOM = "\ufeff"
CRLF = "\r\n"

FILES = {
    "teams-calling-plan.csv": BOM + """\
UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,Call Type,Number Type,Domestic/International,Destination Dialed,Destination Number,Start Time,End Time,Duration Seconds,Connection Fee,Charge,Currency,Capability
00000000-0000-4000-8000-000000000001,c1,,US,a1,ada@firm.example,Ada Holt,+13125550142,user_out,Subscriber,Domestic,United States,+17735550103,2026-01-22T14:30:05.1234567+00:00,2026-01-22T14:31:10.1234567+00:00,65,0,0,USD,MCOPSTN1
00000000-0000-4000-8000-000000000002,c2,,US,a2,ben@firm.example,Ben Ruiz,+16085550127,user_in,Subscriber,Domestic,United States,+13125550144,2026-01-22T15:00:00.0000000+00:00,2026-01-22T15:02:00.0000000+00:00,120,0,0,USD,MCOPSTN1
00000000-0000-4000-8000-000000000003,c3,,US,a2,ben@firm.example,Ben Ruiz,+13125550144,user_out_forwarding,Subscriber,International,Cuba,+5375550142,2026-01-22T22:10:00.0000000+00:00,2026-01-22T22:24:02.0000000+00:00,842,0.05,18.52,USD,MCOPSTNPP
00000000-0000-4000-8000-000000000004,c4,881,US,a1,ada@firm.example,Ada Holt,+13125550199,conf_out,Service,International,United Kingdom,+442079460123,2026-01-22T16:00:00.0000000+00:00,2026-01-22T16:20:00.0000000+00:00,1200,0,0.42,USD,MCOMEETACPEA
00000000-0000-4000-8000-000000000005,c5,881,US,a1,ada@firm.example,Ada Holt,+17735550111,conf_in,Service,Domestic,United States,+13125550199,2026-01-22T16:00:12.0000000+00:00,2026-01-22T16:19:00.0000000+00:00,1128,0,0,USD,MCOMEETADD
""",
    "teams-direct-routing.csv": """\
CorrelationId,AAD ObjectId,UPN,Display Name,User country,Invite time,Start time,Failure time,End time,Duration (seconds),Success,Caller Number,Callee Number,Call type,Azure region for Media,Azure region for Signaling,Final SIP code,Final Microsoft subcode,Final SIP Phrase,SBC FQDN,Media bypass,Shared correlation ID
d1,a1,ada@firm.example,Ada Holt,US,2026-01-22T14:29:55.0000000Z,2026-01-22T14:30:05.0000000Z,,2026-01-22T14:31:10.0000000Z,75,Yes,+13125550142,+1773555****,dr_out,USCE,USCE,0,0,BYE,sbc1.firm.example,No,s1
d2,a2,ben@firm.example,Ben Ruiz,US,2026-01-22T15:00:00.0000000Z,2026-01-22T15:00:02.0000000Z,,2026-01-22T15:02:02.0000000Z,122,Yes,+16085550127,+13125550144,dr_in,USCE,USCE,0,0,BYE,sbc1.firm.example,No,s2
d3,a2,ben@firm.example,Ben Ruiz,US,2026-01-22T22:09:50.0000000Z,2026-01-22T22:10:00.0000000Z,,2026-01-22T22:24:02.0000000Z,852,Yes,+13125550144,+5375550142,dr_out_user_forwarding,USCE,USCE,0,0,BYE,sbc1.firm.example,No,s3
d4,a1,ada@firm.example,Ada Holt,US,2026-01-22T22:30:00.0000000Z,2026-01-22T22:30:00.0000000Z,2026-01-22T22:30:18.0000000Z,,18,No,+13125550142,+5375550143,dr_out,USCE,USCE,486,10486,Busy here,sbc1.firm.example,No,s4
d5,a1,ada@firm.example,Ada Holt,US,2026-01-22T23:00:00.0000000Z,2026-01-22T23:00:03.0000000Z,,2026-01-22T23:01:03.0000000Z,63,Yes,+13125550142,933,dr_emergency_out,USCE,USCE,0,0,BYE,sbc1.firm.example,No,s5
""",
    "zoom-phone.csv": BOM + """\
NO.,Direction,From Name,From Phone Number,To Name,To Phone Number,To Email,Operator Name,Start Time,Duration,Wait Time,Call Result,Call ID
1,Outbound,Ada Holt,+13125550142,,+17735550103,,Ada Holt,2026-01-22 08:30:05,00:01:05,00:00:04,Connected,7001
2,Inbound,Pat Example,+16085550127,Ben Ruiz,204,ben@firm.example,Ben Ruiz,2026-01-22 09:00:00,00:02:00,00:00:09,Answered,7002
,Inbound,Pat Example,+16085550127,Reception,201,,Auto Receptionist,2026-01-22 09:00:00,00:00:11,--,Connected,7002
3,Outbound (Internal),Ben Ruiz,204,Dan Webb,206,,Ben Ruiz,2026-01-22 09:10:00,--,00:00:20,No Answer,7003
4,Outbound,Eve Marsh,+13125550147,,+5375550142,,Eve Marsh,2026-01-22 22:05:00,00:12:00,00:00:05,Call Failed,7004
""",
    "ringcentral-detailed.csv": """\
"Type","CallId","SessionId","Leg","Direction","From","To","Extension","Forwarded To","Name","Date","Time","Action","Action Result","Result Description","Duration","Included","Purchased","Site","Attachment"
Voice,AaB1,9001,Leg-master,Outgoing,+1 (312) 555-0142,+1 (773) 555-0103,Ada Holt,,"",Thu 1/22/2026,8:30:05 AM,VoIP Call,Call connected,,0:01:05,0,0,Main Site,-
,,,Leg-1,Outgoing,,,Ada Holt,,"",Thu 1/22/2026,8:30:05 AM,VoIP Call,Call connected,,0:01:05,0,0,Main Site,
Voice,AaB2,9002,Leg-master,Incoming,+1 (608) 555-0127,+1 (312) 555-0144,Ben Ruiz,,"Pat Example",Thu 1/22/2026,4:10:00 PM,Phone Call,Accepted,,0:14:20,0,18.52,Main Site,-
,,,Leg-1,Incoming,,,Ben Ruiz,,"Pat Example",Thu 1/22/2026,4:10:00 PM,FindMe,No Answer,,0:00:18,0,0,Main Site,
,,,Leg-2,Outgoing,,,Ben Ruiz,+53 7 555 0142,"",Thu 1/22/2026,4:10:18 PM,FindMe,Call connected,,0:14:02,0,0,Main Site,
Voice,AaB3,9003,Leg-master,Incoming,+1 (217) 555-0111,+1 (312) 555-0144,Ben Ruiz,,"",Thu 1/22/2026,5:00:00 PM,Phone Call,Missed,,0:00:20,0,0,Main Site,-
Fax,AaB4,9004,Leg-master,Incoming,+1 (217) 555-0158,+1 (312) 555-0144,Ben Ruiz,,"",Thu 1/22/2026,5:10:00 PM,Phone Call,Received,,0:01:20,0,0,Main Site,-
""".replace("\n", CRLF),
    "ringcentral-simple.csv": """\
"Type","Phone Number","Name","Date","Time","Action","Action Result","Result Description","Duration","Attachment"
Voice,+1 (773) 555-0103,,Thu 1/22/2026,8:30:05 AM,VoIP Call,Call connected,,0:01:05,-
Voice,+1 (608) 555-0127,"Pat Example",Thu 1/22/2026,4:10:00 PM,Phone Call,Accepted,,0:14:20,-
Voice,+1 (217) 555-0111,"",Thu 1/22/2026,5:00:00 PM,Phone Call,Missed,,0:00:20,-
Fax,+1 (217) 555-0158,"",Thu 1/22/2026,5:10:00 PM,Phone Call,Received,,0:01:20,-
Voice,+53 7 555 0142,,Thu 1/22/2026,10:05:00 PM,VoIP Call,Busy,,0:00:03,-
""".replace("\n", CRLF),
    "twilio.csv": """\
Account SID,Call SID,Parent Call SID,From,To,Status,Direction,Start Time,End Time,Duration,Price
ACtest,CA0000000000000000000000000000000a,,+16085550127,+13125550144,completed,inbound,"Thu, 22 Jan 2026 22:10:00 +0000","Thu, 22 Jan 2026 22:24:20 +0000",860,-0.12750
ACtest,CA0000000000000000000000000000000b,CA0000000000000000000000000000000a,+13125550144,+5375550142,completed,outbound-dial,"Thu, 22 Jan 2026 22:10:18 +0000","Thu, 22 Jan 2026 22:24:20 +0000",842,-12.60000
ACtest,CA0000000000000000000000000000000c,,+13125550144,+17735550103,busy,outbound-api,"Thu, 22 Jan 2026 14:30:05 +0000","Thu, 22 Jan 2026 14:30:06 +0000",0,
ACtest,CA0000000000000000000000000000000d,,+13125550144,+17735550111,canceled,outbound-api,2026-01-22T14:40:00Z,2026-01-22T14:40:09Z,0,
ACtest,CA0000000000000000000000000000000e,,client:ada,+17735550127,no-answer,outbound-api,2026-01-22T14:50:00Z,2026-01-22T14:50:30Z,0,
""",
    "webex-calling.csv": """\
Start time,Answer time,Duration,Calling number,Called number,User,Correlation ID,Inbound trunk,Outbound trunk,Direction,Call type,Answered,International country,Original reason,Redirect reason,Call ID,Redirecting number,Dialed digits,User number,Call outcome,Call outcome reason,Answer indicator,Ring duration,Release time
2026-01-22T14:30:00.000Z,2026-01-22T14:30:05.000Z,65,+13125550142,+17735550103,Ada Holt,w1,,Chicago GW,ORIGINATING,SIP_NATIONAL,true,NA,NA,NA,w1@firm.example,NA,917735550103,202,Success,Normal,Yes,5,2026-01-22T14:31:10.000Z
2026-01-22T15:00:00.000Z,2026-01-22T15:00:09.000Z,120,+16085550127,+13125550144,Ben Ruiz,w2,Chicago GW,,TERMINATING,SIP_INBOUND,true,NA,NA,NA,w2@firm.example,NA,NA,204,Success,Normal,Yes,9,2026-01-22T15:02:09.000Z
2026-01-22T22:10:00.000Z,2026-01-22T22:10:10.000Z,842,+16085550127,+5375550142,Ben Ruiz,w3,,Chicago GW,ORIGINATING,SIP_INTERNATIONAL,true,Cuba,Unconditional,Unconditional,w3@firm.example,+13125550144,NA,204,Success,Normal,Yes-PostRedirection,10,2026-01-22T22:24:12.000Z
2026-01-22T16:00:00.000Z,NA,0,202,206,Ada Holt,w4,,,ORIGINATING,SIP_ENTERPRISE,false,NA,NA,NA,w4@firm.example,NA,206,202,Success,UserBusy,No,2,2026-01-22T16:00:02.000Z
""",
    "bandwidth-bdr.csv": """\
AccountNumber|CallStartDateTime|CallEndDateTime|CallType|CallSource|CallDestination|Duration|PerMinRate|Amount|TierType|SourceCountry|SourceState|SourceLATA|SourceRateCenter|DestinationCountry|DestinationState|DestinationLATA|DesinationRateCenter|CallID|BdrID|SourceIP|DestinationIP
5500001|2026/01/22 02:30:05 PM|2026/01/22 02:31:11 PM|INTRASTATE|13125550142|17735550103|66|0.006|0.0066|TIER0|USA|IL|358|CHICAGO|USA|IL|358|CHICAGO|b1|700001|192.0.2.5|198.51.100.7
5500001|2026/01/22 10:10:00 PM|2026/01/22 10:24:06 PM|INTERNATIONAL|13125550144|5375550142|846|0.9|12.69||USA|IL|358|CHICAGO|CUB||||b2|700002|192.0.2.5|198.51.100.7
""",
    "didww.csv": """\
Date/Time (UTC),Source,DID,Destination,Duration (secs),Disconnect Initiator,Disconnect Code,Response,TollFree Amount (USD),Terminated Amount (USD),Metered Channels Amount (USD)
2026-01-22 15:00:00,16085550127,13125550144,sip:204@pbx.firm.example,120,Origination,200,OK,0.0,0.0,0.02
2026-01-22 22:10:00,16085550127,13125550144,5375550142,842,Destination,200,OK,0.05,12.6,0.0
2026-01-22 23:00:00,12175550111,13125550144,sip:204@pbx.firm.example,0,Origination,487,Request Terminated,0.0,0.0,0.0
""",
    "voipms.csv": """\
date,callerid,destination,description,account,disposition,duration,seconds,rate,total,uniqueid
2026-01-22 08:30:05,"""  '"""Ada Holt"" <3125550142>"' """,17735550103,USA - Chicago,100001_ada,ANSWERED,00:01:05,65,0.00900000,0.00975000,1769092205
2026-01-22 22:05:00,"""  '"""Eve Marsh"" <3125550147>"' """,0115375550142,Cuba,100001,ANSWERED,00:12:00,720,0.89000000,10.68000000,1769141100
2026-01-22 22:20:00,3125550147,0115375550143,Cuba,100001,NO ANSWER,00:00:00,0,0.89000000,0.00000000,1769142000
""",
    "kamailio-cdrs.csv": """\
id,start_time,end_time,duration,src_user,src_domain,dst_ouser,dst_user,callid,src_ip
1,2026-01-22 14:30:05,2026-01-22 14:31:10,65.250,202,firm.example,917735550103,17735550103,k1@firm.example,192.0.2.21
2,2026-01-22 22:10:00,2026-01-22 22:24:02,842.003,207,firm.example,90115375550142,5375550142,k2@firm.example,192.0.2.27
""",
    "cgrates-table.csv": """\
id,cgrid,run_id,origin_host,source,origin_id,tor,request_type,tenant,category,account,subject,destination,setup_time,answer_time,usage,extra_fields,cost_source,cost
1,g1,*default,192.0.2.9,freeswitch,u1,*voice,*prepaid,firm.example,call,202,202,+17735550103,2026-01-22 14:29:55,2026-01-22 14:30:05,65000000000,{},*sessions,0.0097
2,g2,*default,192.0.2.9,freeswitch,u2,*voice,*postpaid,firm.example,call,207,207,+5375550142,2026-01-22 22:09:52,2026-01-22 22:10:00,842s,{},*cdrs,12.63
3,g2,*raw,192.0.2.9,freeswitch,u2,*voice,*postpaid,firm.example,call,207,207,+5375550142,2026-01-22 22:09:52,2026-01-22 22:10:00,842000000000,{},,-1
4,g3,*default,192.0.2.9,freeswitch,u3,*voice,*prepaid,firm.example,call,207,207,+5375550143,2026-01-22 22:30:00,,0,{},*sessions,0
5,g4,*default,192.0.2.9,freeswitch,u4,*sms,*prepaid,firm.example,sms,207,207,+5375550143,2026-01-22 22:31:00,2026-01-22 22:31:00,1,{},*sessions,0.05
""",
    "cdr-stats-import.csv": """\
switch,cdr_source_type,callid,caller_id_number,caller_id_name,destination_number,dialcode,state,channel,starting_date,duration,billsec,progresssec,answersec,waitsec,hangup_cause_id,hangup_cause,direction,country_code,accountcode,buy_rate,buy_cost,sell_rate,sell_cost,extradata
192.0.2.9,1,x1,202,Ada Holt,+17735550103,1,,,2026-01-22 08:30:05,75,65,,,,16,NORMAL_CLEARING,2,,ACME,0.006,0.0065,0.009,0.0098,{}
192.0.2.9,1,x2,207,Eve Marsh,+5375550142,53,,,2026-01-22 22:10:00,850,842,,,,16,NORMAL_CLEARING,2,,ACME,0.8,11.2267,0.9,12.63,{}
192.0.2.9,1,x3,207,Eve Marsh,+5375550143,53,,,2026-01-22 22:30:00,4,0,,,,17,USER_BUSY,2,,ACME,,,,,{}
""".replace("\n", CRLF),
    "voip-innovations.csv": """\
CallType;StartTime;StopTime;CallDuration;BillDuration;CallMinimum;CallIncrement;BasePrice;CallPrice;TransactionId;CustomerIP;ANI;ANIState;DNIS;LRN;DNISState;DNISLATA;DNISOCN;OrigTier;TermRateDeck
TERMINATION;2026-01-22 14:30:05;2026-01-22 14:31:10;65;66;6;6;0.005;0.0055;1700001;192.0.2.5;13125550142;IL;17735550103;17735550000;IL;358;9999;;1
ORIGINATION;2026-01-22 15:00:00;2026-01-22 15:02:00;120;120;6;6;0.002;0.004;1700002;192.0.2.5;16085550127;WI;13125550144;;IL;358;9999;1;
TERMINATION;2026-01-22 22:10:00;2026-01-22 22:24:02;842;846;6;6;0.9;12.69;1700003;192.0.2.5;13125550144;IL;5375550142;;;;;;1
SMS;2026-01-22 22:30:00;2026-01-22 22:30:00;0;0;0;0;0.01;0.01;1700004;192.0.2.5;13125550144;IL;17735550103;;IL;;;;
""",
    "sinch.csv": """\
CallId;UserSpaceId;CallTime;Result;Reason;Duration;AnswerTime;From;To;Amount;Currency;Custom;ApplicationKey;UserId;ToCountryId
n1;1;2026-01-22T14:29:55;ANSWERED;MANAGERHANGUP;65;2026-01-22T14:30:05;+13125550142;+17735550103;0.0099;USD;;app-1;ada;US
n2;1;2026-01-22T22:09:52;ANSWERED;CALLERHANGUP;842;2026-01-22T22:10:00;+13125550144;+5375550142;12.63;USD;;app-1;ben;CU
n3;1;2026-01-22T22:30:00;BUSY;BUSY;0;;+13125550144;+5375550143;0;USD;;app-1;ben;CU
""",
    "audit-log.csv": """\
time,user,action,object,account,detail
2026-01-22 02:11:05,admin,login,web portal,,from 203.0.113.77
2026-01-22 02:12:40,admin,create,user support2,support2,"role=administrator, expires never"
2026-01-22 02:14:02,support2,modify,outgoing plan,207,"international: off -> on"
2026-01-22 02:15:31,support2,enable,call forwarding,207,"always, to 011 53 7555 0142"
2026-01-22 02:16:00,support2,set forward,extension 208,,always +5375550143
2026-01-22 08:30:10,ada,disable,call forwarding,207,was 011 53 7555 0142
2026-01-22 08:31:55,ada,reset PIN,extension 207,,
""",
    "thinktel.csv": """\
charged,src,dst,start,rounded s,usage type,price,src region,dst region,rate,label,raw s
13125550142,13125550142,17735550103,2026-01-22 08:30:05,66,Outbound Local,0.0066,IL,IL,0.006,,65.2
13125550144,16085550127,13125550144,2026-01-22 09:00:00,120,Inbound,0,WI,IL,0,front desk,120.0
13125550144,13125550144,5375550142,2026-01-22 22:10:00,846,Outbound International,12.69,IL,Cuba,0.9,,842.4
""",
    "realworld-au.csv": """\
Call Date,Call From,Call To,Total Duration,Billable Duration,Answer Status,Billing Classification,Cost ex,Network,RWTS Account code,Customer Account Code,Originating Number
22/01/2026 19:03:57,Anonymous,61255501042,5,4,ANSWERED,National Landline,0.00,VoIP,firm-trunk,,
22/01/2026 17:57:40,0255501017,5375550142,145,142,ANSWERED,International,2.25,VoIP,firm-trunk,redirect,61255501044
22/01/2026 17:49:34,0255501018,61255501099,154,0,NO ANSWER,National Landline,0.00,VoIP,firm-trunk,sales,
""",
    "ivozprovider.csv": """\
callid,startTime,duration,caller,callee,cost,price,endpointType,endpointId,endpointName,direction,companyId,carrierId,ddiProviderId,ddiId
z1,2026-01-22 08:30:05,65.2,+13125550142,+17735550103,0.0066,0.0099,User,21,ada,outbound,7,carrier-3,,
z2,2026-01-22 22:10:00,842.1,+13125550144,+5375550142,12.69,15.2,Friend,4,branch,outbound,7,carrier-3,,
z3,2026-01-22 09:00:00,120,+16085550127,+13125550144,,,User,23,ben,inbound,7,,provider-2,11
""",
}


def write(folder):
    for name, text in FILES.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8",
                  newline="") as f:
            f.write(text)
