import Testing

@testable import ContactCards

/// Cards as address books write them.
@Suite struct VCardTests {
    private static func card(_ lines: String...) throws -> ContactCard {
        let text = (["BEGIN:VCARD"] + lines + ["END:VCARD"]).joined(separator: "\r\n") + "\r\n"
        let cards = VCardReader.cards(text)
        #expect(cards.count == 1)
        return try #require(cards.first)
    }

    @Test func aCardOfVersion3() throws {
        let card = try Self.card(
            "VERSION:3.0", "N:Example;Taro;;Dr.;", "FN:Dr. Taro Example", #"ORG:Beispiel\, Inc.;Sales"#,
            "TEL;TYPE=WORK,VOICE:+81 3-0000-0000", "TEL;TYPE=CELL;TYPE=pref:080-0000-0000",
            #"NOTE:first line\nsecond\; line \\ end"#, "CATEGORIES:VIP,Key account")
        #expect(card.name == "Dr. Taro Example")
        #expect(card.all("ORG").first?.parts == ["Beispiel, Inc.", "Sales"])
        #expect(card.phones.map(\.number) == ["080-0000-0000", "+81 3-0000-0000"], "the preferred one is the first")
        #expect(card.phones.last?.types == ["work", "voice"])
        #expect(card.text("NOTE") == "first line\nsecond; line \\ end")
        #expect(card.all("CATEGORIES").first?.elements == ["VIP", "Key account"])
    }

    @Test func aCardOfVersion4() throws {
        let card = try Self.card(
            "VERSION:4.0", "FN:架空 花子", "item1.TEL;VALUE=uri;PREF=2;TYPE=\"work,voice\":tel:+81-3-0000-0001;ext=12",
            "item1.X-ABLabel:Direct", "TEL;VALUE=uri;PREF=1;TYPE=cell:tel:+81%2080-0000-0001",
            "ADR;LABEL=\"1: Main; Street\":;;1 Main Street;Town;;100-0000;Japan",
            "NICKNAME;X-SAID=a^nb^'c^^:Hana")
        #expect(card.name == "架空 花子")
        #expect(card.phones.map(\.number) == ["+81 80-0000-0001", "+81-3-0000-0001"])
        #expect(card.phones.last?.types == ["work", "voice"])
        #expect(card.all("ADR").first?.parameters["LABEL"] == ["1: Main; Street"])
        #expect(card.all("ADR").first?.parts.filter { !$0.isEmpty } == ["1 Main Street", "Town", "100-0000", "Japan"])
        #expect(card.all("NICKNAME").first?.parameters["X-SAID"] == ["a\nb\"c^"])
    }

    @Test func aCardOfVersion21IsReadAsFarAsItGoes() throws {
        let card = try Self.card(
            "VERSION:2.1", "TEL;WORK;VOICE:03-0000-0000",
            "FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=89=D4=\r\n=8E=71", "PHOTO;ENCODING=BASE64:AAAA")
        #expect(card.phones == [.init(number: "03-0000-0000", types: ["work", "voice"])])
        #expect(card.name == "花子")
        #expect(card.all("PHOTO").isEmpty)
    }

    @Test func linesAreUnfoldedByBytes() throws {
        #expect(VCardReader.unfolded("NOTE:ab\r\n c\r\n\td\nFN:x") == ["NOTE:abcd", "FN:x"])
        // A letter that is composed of two goes on behind the fold.
        #expect(VCardReader.unfolded("FN:は\r\n \u{3099}") == ["FN:は\u{3099}"])
    }

    @Test func aNameIsMadeOfItsPartsWithoutOne() throws {
        #expect(try Self.card("N:Example;Hanako;;;").name == "Hanako Example")
        #expect(try Self.card("ORG:Beispiel;Sales").name == "Beispiel")
        #expect(try Self.card("TEL:1").name == nil)
    }

    @Test(arguments: [
        "", "BEGIN:VCARD", "END:VCARD", "BEGIN:VCARD\nFN:half", "FN:outside\nTEL:1", "BEGIN:VCALENDAR\nEND:VCALENDAR",
        "BEGIN:VCARD\n:\n;;;\n=\nEND:VEVENT", "\u{0}\u{1}", "BEGIN\nVCARD:",
    ]) func whatIsNoCardIsLeftOut(text: String) {
        #expect(VCardReader.cards(text).allSatisfy { $0.name == nil && $0.phones.isEmpty })
    }

    @Test func whatIsTooLongIsNotRead() throws {
        let card = try Self.card("FN:x", "NOTE:" + String(repeating: "a", count: VCardReader.lineMax), "TEL:1")
        #expect(card.text("NOTE") == nil && card.phones.count == 1)
        let many = String(repeating: "BEGIN:VCARD\nFN:x\nEND:VCARD\n", count: VCardReader.cardsMax + 5)
        #expect(VCardReader.cards(many).count == VCardReader.cardsMax)
        let inner = try Self.card("FN:outer", "BEGIN:VCARD", "FN:inner", "END:VCARD", "TEL:1")
        #expect(inner.name == "outer" && inner.phones.count == 1 && inner.all("FN").count == 1)
    }

    @Test func aMultistatusHasCards() throws {
        let text = """
            <?xml version="1.0"?>
            <multistatus xmlns="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"><response><href>/taro/1.vcf</href>
            <propstat><prop><getetag>"1"</getetag><CR:address-data>BEGIN:VCARD&#13;
            FN:Taro &amp; Co&#13;
            END:VCARD&#13;
            </CR:address-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>
            <response><href>/taro/2.vcf</href><status>HTTP/1.1 404 Not Found</status></response></multistatus>
            """
        let items = try AddressBookAnswer.items(Array(text.utf8))
        #expect(items.map(\.href) == ["/taro/1.vcf", "/taro/2.vcf"])
        #expect(items.first?.card.map(VCardReader.cards)?.first?.name == "Taro & Co")
        #expect(items.last?.card == nil)
    }

    @Test(arguments: [
        ("<html><body>login</body></html>", "none of an address book"), ("{}", "no XML"), ("", "no XML"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "DOCTYPE"),
        ("<multistatus xmlns=\"DAV:\"><response>", "no XML"),
    ]) func anotherAnswerIsSaid(text: String, says: String) {
        do {
            _ = try AddressBookAnswer.items(Array(text.utf8))
            Issue.record("it was read")
        } catch { #expect("\(error)".contains(says), "\(error)") }
    }
}
