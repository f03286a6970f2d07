import Testing

@testable import Command

@Suite struct PopPrinterTests {
    static let vip =
        #"{"pop":"4096.101","call":"c1","source":"pbx","operator":"101","phase":"ringing","from":{"kind":"number","#
            + #""raw":"0300000001","e164":"+81300000001","display":"03-0000-0001","region":"JP","place":"東京"},"#
            + #""to":"0300000000","queue":"support","waited_ms":4210,"transferred_from":"102","customer":{"id":1,"#
            + #""external_id":null,"name":"山田 \u001b[31m太郎","kana":"ヤマダ","company":"例","email":null,"tier":"vip","#
            + #""owner":"101","tags":[],"cautions":["前回クレーム"],"custom":{},"display":null},"candidates":[{"id":2,"#
            + #""name":"山田 花子","tier":"regular"}],"alerts":[{"kind":"vip","text":"優良顧客"},{"kind":"caution","#
            + #""text":"前回クレーム"}],"brief":["一行目","二行目\u202e"],"history":[],"cases":[],"note_draft":null,"#
            + #""url":"https://crm.example/1","reason":"assigned_operator","vip":true}"#
    static let unknown =
        #"{"pop":"8192.102","call":"c2","source":"pbx","operator":"102","phase":"offered","from":{"kind":"withheld","#
            + #""raw":"","display":""},"queue":null,"waited_ms":0,"customer":null,"candidates":[],"alerts":[],"#
            + #""brief":[],"vip":false}"#

    func text(_ name: String, _ data: String, _ language: Language, _ terminal: Terminal = plain) -> String? {
        PopPrinter(terminal: terminal, language: language).text(.init(name: name, data: data, id: nil))
    }

    @Test func aVIPInJapanese() {
        #expect(
            text("pop", Self.vip, .ja) == """
                ╔═ ★ 優良顧客 VIP ★ ═══════════════════════════════════════
                ║ 呼出中  101  [support]  待ち 0:04
                ║ 山田 \u{FFFD}[31m太郎（ヤマダ）  03-0000-0001 東京
                ║ 例
                ║ ⚠ 前回クレーム
                ║ 一行目
                ║ 二行目\u{FFFD}
                ║ 他の候補: 山田 花子
                ║ 102 から転送
                ║ https://crm.example/1
                ╚══════════════════════════════════════════════════════════
                """)
    }

    @Test func anIncidentThatGoesOn() {
        let pop = Self.vip.replacing(
            #""note_draft":null"#, with: #""incidents":[{"id":3,"title":"Line \u001bdown"}],"note_draft":null"#)
        #expect(text("pop", pop, .ja)?.contains("║ ⚠ 障害発生中: Line \u{FFFD}down\n║ 一行目") == true)
        #expect(text("pop", pop, .en)?.contains("║ ⚠ Incident: Line \u{FFFD}down") == true)
    }

    /// The last line of the brief is a caution, or an alert: above it stands the same as an alert.
    @Test(arguments: [
        (alert: "応対前に確認: 前回クレーム、経理へ", brief: "注意: 前回クレーム"), ("久しぶりのお客様です", "久しぶりのお客様です"),
    ]) func nothingIsSaidTwice(alert: String, brief: String) {
        func pop(_ text: String) -> String {
            let said = Self.vip.replacing(#""text":"前回クレーム"}]"#, with: #""text":"\#(text)"}]"#)
                .replacing("二行目\\u202e", with: brief)
            return self.text("pop", said, .ja) ?? ""
        }
        #expect(pop(alert).contains("║ ⚠ \(alert)\n║ 一行目\n║ 他の候補"))
        #expect(pop("他の注意").contains("║ ⚠ 他の注意\n║ 一行目\n║ \(brief)\n"))
    }

    @Test func aVIPInEnglish() {
        let shown = text("pop", Self.vip, .en) ?? ""
        let lines = shown.split(separator: "\n").map(String.init)
        #expect(lines.first == "╔═ ★ VIP ★ ════════════════════════════════════════════════")
        #expect(lines.contains("║ RINGING  101  [support]  waited 0:04"))
        #expect(lines.contains("║ or: 山田 花子"))
        #expect(lines.contains("║ transferred by 102"))
    }

    /// Nobody waits for an operator who calls out, and the phase says who calls whom.
    @Test func whoIsCalledOut() {
        let dialing = Self.unknown.replacing("offered", with: "dialing").replacing("withheld", with: "number")
            .replacing(#""display":"""#, with: #""display":"090-0000-0001""#)
            .replacing(#""queue":null"#, with: #""queue":null,"to":"09000000001","direction":"outbound""#)
        #expect(
            text("pop", dialing, .en) == """
                ┌──────────────────────────────────────────────────────────
                │ YOU ARE CALLING  102  → 09000000001
                │ unknown number  090-0000-0001
                └──────────────────────────────────────────────────────────
                """)
        #expect(text("pop", dialing, .ja)?.contains("発信中  102  → 09000000001") == true)
        let rerouted = #"{"pop":"1.101","call":"c1","operator":"101","reason":"rerouted","by":null}"#
        #expect(text("pop.withdrawn", rerouted, .en)?.contains("The caller was identified: the call goes to somebody "
            + "else.") == true)
        #expect(
            text("operator", #"{"operator":"101","name":null,"state":"dialing","reason":null}"#, .ja)?.contains("発信中")
                == true)
        #expect(
            text("operator", #"{"operator":"101","name":null,"state":"busy","reason":"consultation"}"#, .en)?.contains(
                "on another call (consultation)") == true)
    }

    @Test func whoeverIsNotKnown() {
        #expect(
            text("pop", Self.unknown, .en) == """
                ┌──────────────────────────────────────────────────────────
                │ OFFERED  102  waited 0:00
                │ number withheld  \("")
                └──────────────────────────────────────────────────────────
                """)
        #expect(
            text(
                "pop",
                Self.unknown.replacing("withheld", with: "number").replacing(
                    #""display":"""#, with: #""display":"090-0000-0001""#),
                .ja)?.contains("│ 登録のない番号  090-0000-0001") == true)
    }

    @Test func allEdgesOfAFrameAreAsLong() {
        for width in [24, 40, 60, 78, 200] {
            for (data, language) in [(Self.vip, Language.ja), (Self.vip, .en), (Self.unknown, .ja)] {
                let lines =
                    (text("pop", data, language, Terminal(isTerminal: true, hasColour: false, width: width)) ?? "")
                    .split(
                        separator: "\n"
                    ).map(String.init)
                #expect(columns(lines.first ?? "") == columns(lines.last ?? ""), "width \(width)")
                #expect(columns(lines.last ?? "") <= width)
            }
        }
    }

    @Test func anUpdateIsOneLineAndATransferIsShownWhole() {
        #expect(
            text("pop.update", Self.vip.replacing(#""phase":"ringing""#, with: #""phase":"answered""#), .ja)
                == "· 通話中  101  [support]  待ち 0:04  山田 \u{FFFD}[31m太郎（ヤマダ）")
        #expect(
            text("pop.update", Self.vip.replacing(#""phase":"ringing""#, with: #""phase":"transferred""#), .en)?
                .hasPrefix("╔═ ★ VIP ★ ")
                == true)
    }

    @Test func whatElseAStreamTells() {
        let gone =
            #"{"pop":"1.101","call":"c1","source":"pbx","operator":"101","reason":"answered_elsewhere","by":"102"}"#
        #expect(text("pop.withdrawn", gone, .en) == "✕ 101  c1  Answered by 102.")
        #expect(
            text("pop.withdrawn", gone.replacing("answered_elsewhere", with: "abandoned"), .ja) == "✕ 101  c1  "
                + "お客様が電話を切りました。")
        let alert =
            #"{"kind":"vip_waiting","call":"c1","source":"pbx","queue":"support","operator":null,"customer":{"id":1,"#
                + #""name":"山田\u0007"},"tier":"vip","waited_ms":31000,"text":"優良顧客が待っています"}"#
        #expect(text("alert", alert, .ja) == " ★  山田\u{FFFD}  優良顧客が待っています  [support]  0:31")
        let state = #"{"operator":"101","name":"佐藤","state":"paused","since":"2026-11-23T00:00:00.000Z","reason":"昼食"}"#
        #expect(text("operator", state, .ja) == "  101 佐藤: 離席中 (昼食)")
        #expect(text("operator", state, .en) == "  101 佐藤: paused (昼食)")
        #expect(text("reset", "{}", .en)?.hasPrefix("(starting afresh") == true)
        #expect(text("something", "{}", .en) == nil)
        #expect(text("pop", "no json", .en) == nil)
    }

    @Test func nothingFromOutsideReachesTheTerminalRaw() {
        let evil = #"\u001b]0;x\u0007\u009b2J\u202e"#
        let data = Self.vip.replacing(#""operator":"101""#, with: #""operator":"\#(evil)""#).replacing(
            #""queue":"support""#, with: #""queue":"\#(evil)""#
        )
        .replacing("03-0000-0001", with: evil).replacing("東京", with: evil).replacing(
            "https://crm.example/1", with: evil
        ).replacing(
            #""transferred_from":"102""#, with: #""transferred_from":"\#(evil)""#)
        for name in ["pop", "pop.update"] {
            let shown = text(name, data, .ja) ?? ""
            #expect(!shown.isEmpty)
            for scalar in shown.unicodeScalars where scalar != "\n" {
                #expect(scalar.properties.generalCategory != .control && !scalar.properties.isBidiControl)
            }
        }
    }
}
