import PhoneNumbers

/// What other programs head their columns with: Google Contacts, Outlook, HubSpot, kintone, Zoho, Salesforce, 弥生販売 and
/// freee, by the files that they export and their documentation.
enum ImportHeadings {
    typealias Column = ImportColumns.Column

    /// A heading as it is compared: `E-mail 1 - Value` is `e_mail_1_value`. Wide digits and letters count as narrow.
    static func plain(_ title: String) -> String {
        NumberText.narrow(title).lowercased()
            .split { $0 == "_" || $0 == "-" || $0.isWhitespace }.joined(separator: "_")
    }

    /// The columns that a heading can be: the first one that no other heading is.
    static func columns(of title: String) -> [Column] {
        let plain = plain(title)
        if let column = ones[plain] { return [column] }
        if numbers.contains(plain) { return Column.phones }
        if mails.contains(plain) { return Column.mails }
        if addresses.contains(plain) { return Column.addresses }
        return []
    }

    /// As `plain` spells them.
    private static let ones: [String: Column] = [
        "full_name": .name, "contact_name": .name, "担当者名": .name, "お名前": .name, "お客様名": .name, "得意先名": .name,
        "得意先名1": .name, "取引先名": .name, "取引先名称": .name,
        "last_name": .familyName, "first_name": .givenName,
        "phonetic_last_name": .familyKana, "family_name_yomi": .familyKana, "last_name_phonetic": .familyKana,
        "surname_yomi": .familyKana, "given_yomi": .givenKana, "tag": .tags, "事業所種別": .kind,
        "phonetic_first_name": .givenKana, "given_name_yomi": .givenKana, "first_name_phonetic": .givenKana,
        "カナ名称": .kana, "取引先名(カナ)": .kana, "得意先名カナ": .kana, "お名前(フリガナ)": .kana,
        "company_name": .company, "organization_name": .company, "organization_1_name": .company,
        "account_name": .company, "associated_company": .company, "勤務先": .company,
        "record_id": .externalID, "contact_id": .externalID, "customer_id": .externalID, "id": .externalID,
        "レコード番号": .externalID, "得意先コード": .externalID, "取引先コード": .externalID,
    ]

    private static let numbers: Set<String> = [
        "phone_number", "primary_phone", "mobile", "mobile_phone", "mobile_phone_number", "business_phone",
        "business_phone_2", "home_phone", "home_phone_2", "company_main_phone", "other_phone", "work_phone", "tel",
        "phone_1_value", "phone_2_value", "phone_3_value", "phone_4_value", "phone_5_value", "phone_6_value",
        "携帯番号", "携帯電話番号", "自宅電話", "自宅電話番号", "会社電話", "勤務先電話番号", "代表電話", "代表電話番号",
    ]

    private static let mails: Set<String> = [
        "e_mail", "mail", "email_address", "primary_email", "secondary_email", "e_mail_address", "e_mail_2_address",
        "e_mail_3_address", "e_mail_1_value", "e_mail_2_value", "e_mail_3_value", "email_1", "email_2", "eメール",
        "担当者メールアドレス", "電子メール", "電子メールアドレス", "メールアドレス1", "メールアドレス2", "メールアドレス3",
    ]

    /// The business's, as a contact of a centre is called at work. A second address stays out.
    private static let addresses: Set<String> = [
        "address_1_formatted", "business_street", "business_city", "business_state", "business_postal_code",
        "street_address", "city", "state/region", "postal_code", "mailing_street", "mailing_city", "mailing_state",
        "mailing_state/province", "mailing_zip", "mailing_zip/postal_code", "都道府県", "市区町村", "番地", "建物名", "市区町村・番地",
        "建物名・部屋番号など", "住所1",
        "住所2", "住所3", "郵便番号",
    ]
}
