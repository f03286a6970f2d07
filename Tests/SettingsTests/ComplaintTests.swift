import Testing

@testable import Settings

/// What the daemon says of a wrong configuration: the line, what is wrong, and what to write instead.
@Suite struct ComplaintTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let complaint: String
        init(_ text: String, _ complaint: String) { (self.text, self.complaint) = (text, complaint) }
        var testDescription: String { complaint }
    }

    static let unknownNames: [Case] = [
        Case(
            "[routing]\nlast_operator_day = 3",
            #"FILE:2: unknown key "routing.last_operator_day"; did you mean "last_operator_days"?"#),
        Case("\n\ntimezon = 'UTC'", #"FILE:3: unknown key "timezon"; did you mean "timezone"?"#),
        Case("[rooting]\nreservation = '1s'", #"FILE:1: unknown key "rooting"; did you mean "routing"?"#),
        Case(
            "[queues.support]\nwarp_up_limit = '1s'",
            #"FILE:2: unknown key "queues.support.warp_up_limit"; did you mean "wrap_up_limit"?"#),
        Case(
            "[queues.'sales team']\nwrap_up = '1s'",
            #"FILE:2: unknown key "queues."sales team".wrap_up"; known here: service_level_threshold, "#
                + #"service_level_variant, short_abandon,"#
                + " exclude_short_abandons, wrap_up_limit, vip_wait_alert, disposition_required"),
        Case(
            "[pop]\nlanguage = 'en'\ntimezone = 'UTC'",
            #"FILE:3: unknown key "pop.timezone"; write it above the first [table] of the file"#),
        Case("mask_numbers = true", #"FILE:1: unknown key "mask_numbers"; did you mean "log.mask_numbers"?"#),
        Case("log = { levl = 'info' }", #"FILE:1: unknown key "log.levl"; did you mean "level"?"#),
        Case(
            "[alerts]\ncolour = 1",
            #"FILE:2: unknown key "alerts.colour"; known here: off, repeat_calls, dormant_after, complaint_days"#),
        Case(
            "\"a\\u001b[31m\\nb\" = 1",
            #"FILE:1: unknown key ""a\u{1b}[31m\u{a}b""; known here: timezone, day_start, region, interval, http,"#
                + " state_dir, events_socket, api_socket, tls, sign_in, numbers, log, retention, ingest, "
                + "queue_defaults, queues, groups, routing, tiers, alerts, alarms, pop,"
                + " operator_languages, desk, dispositions, card, customers, purchases, cases, contacts, "
                + "mail, intake, lists, opening_hours, escalation, webhook, lookup, cluster"),
    ]

    static let wrongValues: [Case] = [
        Case(
            "[tls]\ncertificate = '/etc/c.pem'",
            "FILE:1: tls needs certificate and key, each the path of a file; key is not there"),
        Case("[tls]\nkey = 'k.pem'", "FILE:2: tls.key is \"k.pem\"; write an absolute path, one that begins with /"),
        Case(
            "[tls]\nlisten = 'localhost'",
            #"FILE:2: tls.listen is "localhost"; write HOST:PORT, such as "0.0.0.0:8443" or "[::]:8443""#),
        Case(
            "[tls]\nlisten = '127.0.0.1:8790'\ncertificate = '/c'\nkey = '/k'",
            #"FILE:2: tls.listen is "127.0.0.1:8790"; http has the same address; write two different ones"#),
        Case(
            "[sign_in]\nsecond_factor = ['boss']",
            #"FILE:2: sign_in.second_factor is "boss"; write one of "operator", "supervisor", "admin""#),
        Case("[sign_in]\npassword_min = 4", "FILE:2: sign_in.password_min is 4; write a whole number from 8 to 64"),
        Case(
            "[queues.support]\nservice_level_threshold = \"20x\"",
            #"FILE:2: queues.support.service_level_threshold is "20x"; write a duration such as "20s", "5m" or "1h""#),
        Case(
            "[queue_defaults]\nwrap_up_limit = 20",
            #"FILE:2: queue_defaults.wrap_up_limit is 20; write a duration such as "20s", "5m" or "1h""#),
        Case(
            "[queue_defaults]\nwrap_up_limit = '2h'",
            #"FILE:2: queue_defaults.wrap_up_limit is "2h"; write a duration from "0s" to "1h""#),
        Case(
            "[queue_defaults]\nservice_level_threshold = '0s'",
            #"FILE:2: queue_defaults.service_level_threshold is "0s"; write a duration from "1s" to "1h""#),
        Case(
            "[queue_defaults]\nservice_level_variant = 'neg'",
            #"FILE:2: queue_defaults.service_level_variant is "neg"; write one of "negative", "ignore", "positive", "#
                + #""answered", "short""#
        ),
        Case(
            "[queue_defaults]\nexclude_short_abandons = 'yes'",
            #"FILE:2: queue_defaults.exclude_short_abandons is "yes"; write true or false"#),
        Case(
            "[queues]\nwrap_up_limit = '20s'",
            #"FILE:2: queues.wrap_up_limit is "20s"; write a table: [queues.wrap_up_limit]"#),
        Case("queues = 3", "FILE:1: queues is 3; write a table: [queues.NAME]"),
        Case("pop = 'https://crm.example'", #"FILE:1: pop is "https://crm.example"; write a table: [pop]"#),
        Case("timezone = 'Asia/Tokio'", #"FILE:1: timezone is "Asia/Tokio"; did you mean "Asia/Tokyo"?"#),
        Case("timezone = 'tokyo'", #"FILE:1: timezone is "tokyo"; did you mean "Asia/Tokyo"?"#),
        Case(
            "timezone = 'JST+9'",
            #"FILE:1: timezone is "JST+9"; write an IANA time zone, such as "Asia/Tokyo" or "Europe/Berlin""#),
        Case(
            "timezone = '../../../etc/passwd'",
            #"FILE:1: timezone is "../../../etc/passwd"; write an IANA time zone, such as "Asia/Tokyo" or "#
                + #""Europe/Berlin""#
        ),
        Case(
            "timezone = ''",
            #"FILE:1: timezone is ""; write an IANA time zone, such as "Asia/Tokyo" or "Europe/Berlin""#),
        Case("timezone = 9", #"FILE:1: timezone is 9; write a text in quotes: "9""#),
        Case("day_start = '24:00'", #"FILE:1: day_start is "24:00"; write a time of day from "00:00" to "23:59""#),
        Case("day_start = 05:00:00", "FILE:1: day_start is a date or time; write a text in quotes"),
        Case(
            "day_start = '05:10'",
            #"FILE:1: day_start is "05:10"; the day must begin where an interval of 15 minutes does; write a "#
                + #"day_start on such a boundary"#
        ),
        Case("region = 'jp'", #"FILE:1: region is "jp"; write "JP""#),
        Case(
            "region = 'Japan'",
            #"FILE:1: region is "Japan"; write a country of ISO 3166-1 in two capitals, such as "JP""#),
        Case("interval = '10m'", #"FILE:1: interval is "10m"; write "5m", "15m", "30m" or "60m""#),
        Case("http = '8790'", #"FILE:1: http is "8790"; write HOST:PORT, such as "127.0.0.1:8790" or "[::1]:8790""#),
        Case(
            "http = '::1:8790'",
            #"FILE:1: http is "::1:8790"; write HOST:PORT, such as "127.0.0.1:8790" or "[::1]:8790""#),
        Case(
            "http = '127.0.0.1:65536'",
            #"FILE:1: http is "127.0.0.1:65536"; write HOST:PORT, such as "127.0.0.1:8790" or "[::1]:8790""#),
        Case("state_dir = 'data'", #"FILE:1: state_dir is "data"; write an absolute path, one that begins with /"#),
        Case(
            "events_socket = '/\(String(repeating: "x", count: 107))'",
            "FILE:1: events_socket is \"/\(String(repeating: "x", count: 58))…\"; the path of a socket has at most 107 "
                + "bytes; write a shorter one"
        ),
        Case(
            "events_socket = '/run/a'\napi_socket = '/run/a'",
            #"FILE:2: api_socket is "/run/a"; the other socket has the same path; write two different ones"#),
        Case(
            "[log]\nlevel = 'loud'",
            #"FILE:2: log.level is "loud"; write one of "trace", "debug", "info", "notice", "warning", "error", "#
                + #""critical""#
        ),
        Case("[retention]\nviews = '1d'", #"FILE:2: retention.views is "1d"; write a duration from "2d" to "3650d""#),
        Case(
            "[retention]\nviews = 400",
            #"FILE:2: retention.views is 400; write a duration such as "20s", "5m" or "1h""#),
        Case("[retention]\nevents = '1d'", #"FILE:2: retention.events is "1d"; write a duration from "2d" to "3650d""#),
        Case(
            "[ingest]\nallow_users = 'asterisk'",
            #"FILE:2: ingest.allow_users is "asterisk"; write a list in brackets, such as ["101", "102"]"#),
        Case(
            "[ingest.sources]\nasterisk = 'screenpop'",
            #"FILE:2: ingest.sources.asterisk is "screenpop"; that is what the daemon calls itself; write another name"#
        ),
        Case(
            "[routing]\nlast_operator_days = -1",
            "FILE:2: routing.last_operator_days is -1; write a whole number from 0 to 3650"),
        Case(
            "[routing]\nlast_operator_days = '30d'",
            #"FILE:2: routing.last_operator_days is "30d"; write a whole number from 0 to 3650"#),
        Case(
            "[routing]\nlast_operator_days = 1.5",
            "FILE:2: routing.last_operator_days is 1.5; write a whole number from 0 to 3650"),
        Case("[alerts]\nrepeat_calls = 1", "FILE:2: alerts.repeat_calls is 1; write a whole number from 2 to 100"),
        Case(
            "[alerts]\ndormant_after = '36h'",
            #"FILE:2: alerts.dormant_after is "36h"; write whole days from "1d" to "3650d""#),
        Case(
            "[alerts]\noff = ['vip', 'vipp']",
            #"FILE:2: alerts.off is "vipp"; write one of "vip", "caution", "blocked", "repeat_caller", "#
                + #""abandoned_before", "dormant_back","#
                + #" "tier_changed", "status_changed", "promise_broken", "complained_before", "unknown_caller","#
                + #" "anonymous", "vip_waiting", "vip_unseen""#),
        Case(
            "[pop]\nurl = 'crm.example'",
            #"FILE:2: pop.url is "crm.example"; write an address such as "https://crm.example/?number={from}""#),
        Case(
            "[pop]\nurl = 'https://crm.example/{form}'",
            #"FILE:2: pop.url is "https://crm.example/{form}"; it has the unknown {form}; did you mean {from}?"#),
        Case(
            "[pop]\nurl = 'https://crm.example/{from'",
            #"FILE:2: pop.url is "https://crm.example/{from"; close every { with a }, around one of call, queue, "#
                + #"operator, from, to, customer.id,"#
                + " customer.external_id, customer.name, customer.tier, customer.email, customer.company"),
        Case("[pop]\nlanguage = 'de'", #"FILE:2: pop.language is "de"; write one of "ja", "en""#),
        Case("[operator_languages]\n101 = 'fr'", #"FILE:2: operator_languages.101 is "fr"; write one of "ja", "en""#),
        Case(
            "[operator_languages]\n'' = 'en'",
            #"FILE:2: operator_languages."" is no name; write a name of 1 to 128 bytes without control characters"#),
        Case("[customers.fields]\n契約 = 'x'", #"FILE:2: put the name in quotes: "契約" = …"#),
        Case(
            "[customers.fields]\n'契約' = 'x'",
            #"FILE:2: customers.fields."契約" cannot be a column; write a name of a to z, 0 to 9 and _, such as "#
                + #"contract_no"#
        ),
        Case(
            "[customers.fields]\nemail = 'Mail'",
            "FILE:2: customers.fields.email is there without configuration; give your own field another name"),
        Case(
            "[customers.fields]\nplan = { type = 'text' }",
            #"FILE:2: customers.fields.plan has no label; write one, such as label = "契約番号""#),
        Case(
            "[customers.fields]\nplan = { label = 'P', type = 'choice' }",
            #"FILE:2: customers.fields.plan has no choices; write them, such as choices = ["A", "B"]"#),
        Case(
            "[customers.fields]\nplan = { label = 'P', choices = ['A'] }",
            #"FILE:2: customers.fields.plan.choices is a list; only a field of type "choice" has choices"#),
        Case(
            "[customers.fields]\nplan = { label = 'P', type = 'number', format = 'A' }",
            #"FILE:2: customers.fields.plan.format is "A"; only a field of type "text" has a format"#),
    ]

    static let dispositions: [Case] = [
        Case(
            "[[dispositions]]\nlabel = { ja = '苦情' }",
            #"FILE:1: [[dispositions]] has no code; write one below it, such as code = "resolved""#),
        Case(
            "[[dispositions]]\ncode = 'a'\n\n[[dispositions]]\ncode = 'b'\n[[dispositions]]\ncode = 'a'",
            #"FILE:7: dispositions.code is "a"; there is one with this code already; leave only one of the two"#),
        Case(
            "[[dispositions]]\ncode = 'a'\n[[dispositions]]\ncode = 'b'\ncomplain = true",
            #"FILE:5: unknown key "dispositions.complain"; did you mean "complaint"?"#),
        Case(
            "[[dispositions]]\ncode = 'a'\ncomplaint = 'yes'",
            #"FILE:3: dispositions.complaint is "yes"; write true or false"#),
        Case("[[dispositions]]\ncode = 3", #"FILE:2: dispositions.code is 3; write a text in quotes: "3""#),
        Case(
            "[[dispositions]]\ncode = ''",
            #"FILE:2: dispositions.code is ""; write a name of 1 to 128 bytes without control characters"#),
        Case(
            "[[dispositions]]\ncode = 'a'\nlabel = '苦情'",
            #"FILE:3: dispositions.label is "苦情"; write a table: [dispositions.label]"#),
        Case(
            "[[dispositions]]\ncode = 'a'\nlabel = { de = 'Klage' }",
            #"FILE:3: unknown key "dispositions.label.de"; known here: ja, en"#),
        Case(
            "[dispositions]\ncode = 'a'",
            "FILE:1: dispositions is a table; write a table for each of them: [[dispositions]]"),
        Case("dispositions = ['a']", "FILE:1: dispositions is \"a\"; write a table for each of them: [[dispositions]]"),
    ]

    static let numbers: [Case] = [
        Case(
            "[numbers]\nalso_valid = '^.$'",
            #"FILE:2: numbers.also_valid is "^.$"; write a list in brackets, such as ["101", "102"]"#),
        Case(
            "[numbers]\nalso_valid = [\n  '^\\+8160\\d{8}$',\n  '(',\n]",
            #"FILE:4: numbers.also_valid is "("; that is no regular expression; write one such as '^\+8160\d{8}$'"#),
        Case(
            "[numbers]\nalso_valid = ['']",
            #"FILE:2: numbers.also_valid is ""; write an expression of 1 to 200 bytes, such as '^\+8160\d{8}$'"#),
        Case(
            "[numbers]\nalso_valid = ['(\\d+)+']",
            #"FILE:2: numbers.also_valid is "(\d+)+"; a group in parentheses must not be repeated without a limit; "#
                + #"write how often, such as (...){2}"#
        ),
        Case(
            "[numbers]\nalso_valid = ['(\\d){2,}']",
            #"FILE:2: numbers.also_valid is "(\d){2,}"; a group in parentheses must not be repeated without a limit; "#
                + #"write how often, such as (...){2}"#
        ),
        Case("[numbers]\noutside_prefix = 0", #"FILE:2: numbers.outside_prefix is 0; write a text in quotes: "0""#),
        Case(
            "[numbers]\noutside_prefix = 'nine'",
            #"FILE:2: numbers.outside_prefix is "nine"; write what is dialled, at most 8 of 0 to 9, * and #, such as "#
                + #""0""#
        ),
        Case("[number]\noutside_prefix = '0'", #"FILE:1: unknown key "number"; did you mean "numbers"?"#),
    ]

    static let namesThatMustExist: [Case] = [
        Case(
            "[groups.veterans]\noperators = []",
            #"FILE:2: groups.veterans.operators is a list; write at least one, such as ["101"]"#),
        Case(
            "[groups.veterans]\noperators = [103]",
            #"FILE:2: groups.veterans.operators is 103; write a text in quotes: "103""#),
        Case(
            "[groups.veterans]\noperators = [\n  '103',\n  104,\n]",
            #"FILE:4: groups.veterans.operators is 104; write a text in quotes: "104""#),
        Case(
            "[groups.veterans]\noperators = ['103', '104', '103']",
            #"FILE:2: groups.veterans.operators has "103" twice; leave only one"#),
        Case("[groups.veterans]", #"FILE:1: groups.veterans has no operators; write operators = ["101"] below it"#),
        Case(
            "[routing]\nveterans = 'veterans'",
            #"FILE:2: routing.veterans is "veterans"; there is no such group; add [groups.veterans] or name another"#),
        Case(
            "[routing]\nveterans = 'veteran'\n[groups.veterans]\noperators = ['1']",
            #"FILE:2: routing.veterans is "veteran"; there is no such group; did you mean "veterans"?"#),
        Case(
            "[routing]\nblocked_queue = 'quiet'",
            #"FILE:2: routing.blocked_queue is "quiet"; there is no such queue; add [queues.quiet] or name another"#),
        Case("[tiers.gold]\nvip = true", "FILE:1: tiers.gold has no rank; write one below it, such as rank = 5"),
        Case("[tiers.gold]\nrank = 101", "FILE:2: tiers.gold.rank is 101; write a whole number from 0 to 100"),
    ]

    static let notTOML: [Case] = [
        Case("timezone = Asia/Tokyo # here", #"FILE:1: put the text in quotes: timezone = "Asia/Tokyo""#),
        Case("[queue_defaults]\nwrap_up_limit = 20s", #"FILE:2: put the text in quotes: wrap_up_limit = "20s""#),
        Case("[log]\nmask_numbers = no", "FILE:2: mask_numbers is no; write true or false"),
        Case("[log]\nmask_numbers = False", "FILE:2: mask_numbers is False; write true or false"),
        Case("timezone: UTC", #"FILE:1: there is no "="; write KEY = VALUE, such as region = "JP""#),
        Case("timezone", #"FILE:1: there is no "="; write KEY = VALUE, such as region = "JP""#),
        Case("timezone =\n", #"FILE:1: timezone has no value; write one after the "=", or put a # before the line"#),
        Case("timezone = \"UTC\nregion = 'JP'", "FILE:1: the text does not end; put a \" at its end, on the same line"),
        Case("timezone = “UTC”", #"FILE:1: use straight quotes: " and not “ or ”"#),
        Case("[pop\nlanguage = 'en'", "FILE:1: a table's name does not end; write it in brackets, such as [pop]"),
        Case(
            #"[pop]"# + "\n" + #"url = "https:\\crm\example""#,
            #"FILE:2: a backslash begins an escape; write \\ for one, or put the text in single quotes"#),
        Case("[queues.sales team]", #"FILE:1: put the name in quotes: [queues."sales team"]"#),
        Case("[queues.営業]", #"FILE:1: put the name in quotes: [queues."営業"]"#),
        Case(
            "[alerts]\noff = ['vip' 'caution']",
            #"FILE:2: this is not TOML (expected comma or closing ']', saw '''); write KEY = VALUE, with texts in "#
                + #""quotes" and lists in [brackets]"#
        ),
        Case("pop = 1\n[pop]\nurl = ''", "FILE:2: [pop] is given again after line 1; leave only one of the two"),
        Case("= 3", #"FILE:1: there is no key before the "="; write KEY = VALUE, such as region = "JP""#),
        Case("region = 'JP'\n\nregion = 'US'", "FILE:3: region is given again after line 1; leave only one of the two"),
        Case(
            "[pop]\nlanguage = 'ja'\n[log]\n[pop]\n",
            "FILE:4: [pop] is given again after line 1; leave only one of the two"),
        Case(
            "[queues]\nsupport.wrap_up_limit = '1s'\nsupport.wrap_up_limit = '2s'",
            "FILE:3: queues.support.wrap_up_limit is given again after line 2; leave only one of the two"),
        Case("timezone = \"UTC\\u0000\"", #"FILE:1: a text cannot have the character NUL; leave out the \u0000"#),
    ]

    @Test(arguments: unknownNames + wrongValues + dispositions + numbers + namesThatMustExist + notTOML)
    func namesTheLineAndWhatToWrite(_ one: Case) throws {
        let said = try #require(try complaint(one.text))
        #expect(said == one.complaint)
        #expect(!said.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test func aWrongVariableIsCalledByItsName() throws {
        let said = try complaint("", environment: ["SCREENPOP_HTTP": "x"])
        #expect(said == #"SCREENPOP_HTTP is "x"; write HOST:PORT, such as "127.0.0.1:8790" or "[::1]:8790""#)
    }

    @Test func aWrongFlagIsCalledByItsName() throws {
        #expect(
            try complaint("", flags: .init(logLevel: "loud"))?.hasPrefix(
                #"--log-level is "loud"; write one of "trace", "debug""#) == true)
    }

    @Test func theStatusTellsWrongUsageFromAWrongConfiguration() {
        #expect(throws: SettingsError.self) { try Settings.load(file: "", environment: [:], flags: .init(http: "x")) }
        func status(environment: [String: String] = [:], flags: Settings.Flags = .init()) -> Int32? {
            do { _ = try Settings.load(file: "", environment: environment, flags: flags) } catch {
                return error.exitStatus
            }
            return nil
        }
        #expect(status(flags: .init(http: "x")) == 64)
        #expect(status(environment: ["SCREENPOP_HTTP": "x"]) == 78)
        #expect(status() == nil)
    }
}
