import Foundation

extension LookUp {
    /// What the look-ups outside say of a number: each request, its answer, and the card.
    enum Outside {
        fileprivate struct Answer: Decodable {
            struct Header: Decodable {
                var name, value: String
            }
            struct Step: Decodable {
                var notation, body: String?
                var method, url, answer, meaning: String
                var headers: [Header]
                var status: Int?
                var took: Int
                enum CodingKeys: String, CodingKey {
                    case notation, body, method, url, answer, meaning, headers, status
                    case took = "took_ms"
                }
            }
            struct Field: Decodable {
                var label, value: String
            }
            struct Card: Decodable {
                var fields: [Field]
                var externalID, url: String?
                var matches: Int
                enum CodingKeys: String, CodingKey {
                    case fields, url, matches
                    case externalID = "external_id"
                }
            }
            struct Item: Decodable {
                var name, label, state: String
                var problem: String?
                var took: Int
                var steps: [Step]
                var card: Card?
                enum CodingKeys: String, CodingKey {
                    case name, label, state, problem, steps, card
                    case took = "took_ms"
                }
            }
            var items: [Item]
        }

        /// nil for what is no number, and where the asking one may not.
        static func ask(_ found: Try.Answer, _ client: APIClient, _ l: Language) async throws -> Data? {
            guard found.key != nil else { return nil }
            // A number whose range is not known has no notation of its own there.
            let number = found.number.e164 ?? found.normalized
            do {
                // Said to be bytes: as an optional it would be decoded.
                let answer: Data = try await client.ask(
                    .init(method: .POST, path: "/v1/lookups/try", body: try .json(["number": number])))
                return answer
            } catch ClientError.refused(403, _) {
                complain(
                    l.say("外部照会の確認には管理者の権限が必要です。", "Look-ups outside can be tried by an administrator."))
                return nil
            } catch ClientError.refused(_, _) { return nil }
        }

        /// The daemon's answer, with `outside` where there are look-ups.
        static func joined(_ found: Data, _ outside: Data?) -> String {
            let plain = String(decoding: found, as: UTF8.self)
            guard let outside, let trial = object(outside), let items = trial["items"] as? [Any], !items.isEmpty,
                var all = object(found)
            else { return plain }
            all["outside"] = items
            let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
            guard let data = try? JSONSerialization.data(withJSONObject: all, options: options) else { return plain }
            return String(decoding: data, as: UTF8.self) + "\n"
        }

        private static func object(_ data: Data) -> [String: Any]? {
            (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
        }

        static func text(_ data: Data, _ l: Language) throws -> String {
            let answer: Answer
            do { answer = try JSONDecoder().decode(Answer.self, from: data) } catch {
                throw ClientError.strange("\(error)")
            }
            return answer.items.map { text($0, l) }.joined()
        }

        private static func text(_ item: Answer.Item, _ l: Language) -> String {
            var lines = ["", "\(safe(item.label)): \(state(item, l)) (\(item.took) ms)"]
            for step in item.steps {
                let notation = step.notation.map { " [\(safe($0))]" } ?? ""
                lines.append("  \(safe(step.method)) \(safe(step.url))\(notation)")
                for header in step.headers { lines.append("    \(safe(header.name)): \(safe(header.value))") }
                if let body = step.body { lines += indented(body) }
                let status = step.status.map(String.init) ?? l.say("応答なし", "no answer")
                lines.append("  → \(status), \(step.took) ms: \(safe(step.meaning))")
                lines += indented(step.answer)
            }
            if let card = item.card {
                lines.append("  " + l.say("カードの表示:", "on the card:"))
                for field in card.fields {
                    lines.append("    \(fitted(safe(field.label), to: 14)) \(safe(field.value))")
                }
                if let id = card.externalID { lines.append("    external_id    \(safe(id))") }
                if let url = card.url { lines.append("    url            \(safe(url))") }
                if card.matches > 1 {
                    lines.append("    " + l.say("該当 \(card.matches) 件の先頭です。", "the first of \(card.matches) records"))
                }
            }
            return lines.joined(separator: "\n") + "\n"
        }

        private static func indented(_ text: String) -> [String] {
            text.split(separator: "\n").prefix(60).map { "    " + safe(String($0.prefix(400))) }
        }

        private static func state(_ item: Answer.Item, _ l: Language) -> String {
            switch item.state {
            case "found": l.say("見つかりました", "found")
            case "not_found": l.say("該当なし", "nobody")
            default: l.say("失敗: ", "failed: ") + safe(item.problem ?? "")
            }
        }
    }
}
