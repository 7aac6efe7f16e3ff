/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modemsim: how it is started, driven and read.
 *
 *   modemsim [options] [LINK[=PROFILE]]...        PROFILE is a name, or a path with a "/" in it
 *     -s SOCKET   control socket (Unix stream); without it the simulator just runs
 *     -l FILE     the journal, see "Journal" below (created, else appended to)
 *     -d DIR      where `add` puts a link that it is not given (default: the working directory)
 *     -n COUNT    COUNT modems DIR/sim1 ... DIR/simCOUNT, beside the LINKs named
 *     -p PROFILE  profile of modems that name none (default "generic")
 *     -m DIR      where PROFILE.modem files are (default: tests/sim beside or above the program)
 *     -r MS       segment_ms, the radio time of a segment (default 4000)
 *     -k          end when the parent process ends
 *     -t          text by hand: a line "+15105550120 JOIN north" of stdin is a text to the first
 *                 modem, "+15105550120 (call)" a call; "NUMBER < TEXT" on stdout is a text that
 *                 reached a phone. The end of stdin ends it
 *     -h          help
 *   It prints "ready\n" on stdout when the links exist and the socket listens. SIGTERM, SIGINT and
 *   `quit` end it cleanly: the journal is complete, the links are gone.
 *
 * A modem is called by the last part of its link ("DIR/sim1" is "sim1"), its number is
 * +1510555017N.
 *
 * ---- Control -----------------------------------------------------------------------------------
 *
 * One JSON object a line each way. A command is {"cmd":"NAME", ...}; its answer is {"ok":true, ...}
 * or {"ok":false,"error":"what is wrong"}, in order, with the command's "id" when it had one.
 * Events, once subscribed to, come between answers and are told apart by their key "event". Keys
 * that are not known are errors. "modem" is a name, or "*" for every modem where that makes sense.
 * Numbers are E.164. [ ] may be left out.
 *
 *  modems
 *   add       [modem] [link] [profile] [number] [pin] [imei] [boot]
 *             imei: as another modem's, say, that was cloned; default: of its name
 *             boot: true = with its boot lines, as if switched on
 *   remove    modem
 *             for good, with its stores
 *   modems    -> modems: [{modem, link, pts, profile, family, number, imei, power,
 *             registration, stores: {SM: {used, size}}, waiting, pin_left}]
 *   unplug    modem [ms] [link]
 *             returns after ms under link; without ms only by `plug`
 *   plug      modem [link]
 *   reboot    modem [ms]
 *             state lost, boot lines, stores and the SIM's PIN kept
 *   network   modem state [ms] [signal]
 *             state: home roaming searching denied none; ms: then home again
 *   pin       modem [pin] [required] [tries] [puk] [sim]
 *             sim: false takes the card out
 *   centre    modem [number]
 *             the service centre that the SIM names; without number: none, and +CMGS says 330
 *   block     modem [blocked]
 *             the operator takes everything from this SIM and delivers nothing, without a word
 *   memory    modem memory size
 *             memory: SM ME SR
 *   fill      modem memory [count]
 *             fills it with old texts nobody awaits (default: to the brim)
 *   line      modem text
 *             an unsolicited line, now
 *   raw       modem bytes
 *             the bytes of this string, now, as they are
 *   call      modem from [rings]
 *             RING, +CLIP
 *   ussd      modem code answer
 *             what the network answers to this code
 *   radio     [modem] [segment_ms] [jitter_ms] [incoming_ms] [answer_ms] [register_ms] [chunk]
 *             [chunk_gap_us] [lost_ppm] [junk_ppm]
 *             without modem: all modems and those to come. answer_ms: before any final answer.
 *             register_ms: from its start to the network, 0 = its profile's.
 *             incoming_ms: before a text arrives. chunk: bytes a write (0 = all at once,
 *             -1 = random 1..16), chunk_gap_us between two. lost_ppm, junk_ppm: a bad cable: of a
 *             million bytes the modem says so many are lost, and so many come with another before
 *
 *   clock     shift_s
 *             all modems' clocks (+CCLK) are so much ahead of the truth, or behind it
 *
 *  texts to the modems
 *   text      from text [modem | to] [delay_ms]  -> text: its id, parts: how many, modem
 *             [encoding] gsm7, ucs2, auto   [class] 0..3   [ref] [wide]: 16-bit reference
 *             [order]: [2,1,3]   [drop]: [2]   [double]: [1]   [gap_ms] between parts
 *             [memory]: SM ME SR, where it lies whatever +CPMS says
 *             [type]: auto international national short alphanumeric   [sent_ms]: its SCTS, wall_ms
 *             [pdu]: instead of from/text, hex with SMSC part
 *
 *  the people
 *   report    [number] outcome [status] [delay_ms] [jitter_ms]
 *             the policy for this number, else for all without their own. outcome: delivered,
 *             failed (TP-ST `status`, default 70), never (the text arrives, its report does not),
 *             off (the phone is off until `phone` switches it on), refused (+CMS ERROR `status`,
 *             default 1, instead of acceptance). delay_ms, jitter_ms: of the report
 *   phone     number on
 *             off: texts wait for it until their validity ends
 *   population  count [first] [seed] [languages] [rules] [starts] [delay] [kind]  -> first, last
 *             first: number of the first phone, the others count up from it.
 *             languages: {"en":0.6,"es":0.4}
 *             kind: rules (default), robot (answers everything with rules[0]), echo, off, forger
 *             (sends `starts` in the name of these numbers but never sees what is sent to them)
 *             rules: [{match, answers: ["YES 15", {text, weight}], [language] [delay] [p]}], the
 *             first that fits counts; match is a piece of the text, or "#regex" (POSIX extended,
 *             case ignored). An answer goes to the modem that sent the text.
 *             starts: [{text, [language] [delay] [p] [modem]}], what a phone texts by itself once.
 *             delay: {"dist":"fixed|uniform|exp|normal","ms":N,"min_ms":N,"max_ms":N,"sd_ms":N}
 *   forget    no more population, policies or phones
 *
 *  faults
 *   fault     modem kind [on] [stage] [times] [probability] [after] [ms] [code] [family] [lines]
 *             [slot] [effect] [link] [until]  -> fault: its id
 *             times: how often (default 1, 0 = for ever). after: lets that many chances pass first.
 *             on: only for this command ("+CMGS", "+CMGD", "AT" alone ...) or notice ("+CMTI",
 *             "+CDS" ...), default any. family: "cms" (default) or "cme", of code.
 *             kinds, with the stage they act at unless `stage` says other:
 *               silence        command   the command is swallowed; with effect: true it takes
 *                                        effect and is not answered
 *               error          command   "+CMS ERROR: code" / "+CME ERROR: code" / "ERROR" (no
 *                                        code); for sending: pdu
 *               late           answer    the final answer comes ms later
 *               garbage        answer    `lines` come first
 *               no_prompt      prompt    "> " never comes
 *               late_prompt    prompt    "> " comes ms later
 *               lost_answer    accepted  the text went out, the answer never comes
 *               error_accepted accepted  the text went out, the answer is an error (code 500)
 *               hang           command   reads nothing for ms (0: until `clear` or `reboot`), what
 *                                        was sent to it is kept; with `until` ("AT+CFUN=1,1") it
 *                                        drops what it hears until it hears that
 *               unplug         accepted  the port goes; back after ms under `link` (if given)
 *               reboot         accepted
 *               network        pdu       the network is lost for ms
 *               lost_notice    notice    +CMTI / +CDSI / +CMT / +CDS does not come (a text with
 *                                        mt=2 is then lost to the line)
 *               doubled_notice notice    comes twice
 *               undeletable    delete    slot `slot` (0: any) stays; answered OK, or an error with
 *                                        `code`
 *             stages: command (before it acts), prompt, pdu (PDU is there, nothing sent),
 *             accepted (went out), answer, notice, delete
 *   clear     [modem] [fault]
 *             ends faults; a hang ends at once
 *
 *  knowledge
 *   subscribe    [events] [number]
 *                events: ["text", ...] of the journal's names, default all
 *   unsubscribe
 *   stats        -> see struct sim_counts; per modem busy_us, first_us, last_us
 *   accepted     [since] [limit] [number]  -> segments with serial > since, oldest first
 *   received     number [since]  -> full texts that reached this phone
 *   flush        the journal is in the file when the answer comes
 *   ping, quit
 *
 * ---- Journal -----------------------------------------------------------------------------------
 *
 * The same lines as events. Each has "event", "serial" (1, 2, ... without gaps), "mono_us"
 * (CLOCK_MONOTONIC), "wall_ms".
 *   segment   modem from to mr total part cref wide dcs hash text validity_min srr rd
 *             asked_ms handed_ms
 *             accepted by the network; hash: FNV-1a 64 of UDH and UD; cref/part/total: 0/1/1 when
 *             single; validity_min -1: none; asked_ms, handed_ms: wall_ms at which its command
 *             came, and at which all of it was there
 *   text      modem from to text parts first    a whole message reached a phone (or would: `off`
 *                                               says it waits)
 *   report    modem to mr status segment outcome
 *                                               sent towards the modem (`segment`: serial of its
 *                                               segment event)
 *   reported  modem mr segment how              reached the modem: cds, cdsi, or dropped (ds=0)
 *   inject    modem text_id from text parts     a text was given to the network
 *   stored    modem text_id part memory slot    it lies in the modem
 *   routed    modem text_id part                it went straight to the line (+CMT)
 *   listed    modem text_id part memory slot    a client read it
 *   deleted   modem memory slot [text_id part]  a client deleted it
 *   waiting   modem text_id part why            full, off, no network: the network keeps it
 *   fault     modem kind fault [segment]        a fault acted
 *   modem     modem power link                  on, booting, off, unplugged, removed
 *   command   modem line                        only when asked for by a subscription that names
 *                                               it; never in the file
 */
#ifndef SIM_PROTOCOL_H
#define SIM_PROTOCOL_H

#define SIM_LINE_MAX 1048576 /* longest control line */

#endif
