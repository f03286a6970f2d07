import Foundation
import Testing

/// What `/v1/openapi.json` says, held against the code beside it, all of it read as text.
@Suite struct OpenAPITests {
    typealias Object = [String: Any]
    static let web = ImportTests.root.appendingPathComponent("Sources/Web")
    static let methods: Set = ["get", "put", "post", "patch", "delete"]

    // MARK: The document in itself

    @Test func isJSONOfOpenAPI31() throws {
        #expect(try Described.read().document["openapi"] as? String == "3.1.0")
    }

    /// A key a line, and none twice: of a name that is there twice, a reader of JSON keeps one and says nothing.
    /// `Tests/OpenAPI/formatting.py` writes files so.
    @Test func everyFileHasAKeyALine() throws {
        for file in try Described.files() {
            var names: Set<String> = [], above: [Substring] = []
            for line in try text("Sources/Web/OpenAPI/\(file)").split(separator: "\n") {
                #expect(line.count <= 120, "\(file): \(line)")
                guard let match = line.firstMatch(of: #/^( +)(?:"([^"]+)": )?/#) else { continue }
                above = above.prefix(match.1.count / 2 - 1) + [match.2 ?? "\(names.count)"]
                guard match.2 != nil else { continue }
                #expect(names.insert(above.joined(separator: "|")).inserted, "\(file) has \(above) twice")
            }
        }
    }

    @Test func everyReferenceResolvesAndNothingIsLeftOver() throws {
        let described = try Described.read()
        let references = strings(in: described.document, at: "$ref")
        #expect(references.count > 100)
        for reference in Set(references) {
            let steps = reference.split(separator: "/")
            #expect(steps.first == "#", "\(reference) points outside the document")
            let target = steps.dropFirst().reduce(described.document as Any?) { ($0 as? Object)?[String($1)] }
            #expect(target is Object, "\(reference) points at nothing")
        }
        for group in ["schemas", "responses"] {
            for name in try #require(described.components[group] as? Object).keys {
                #expect(references.contains("#/components/\(group)/\(name)"), "nobody refers to \(name)")
            }
        }
    }

    @Test func everyOperationIsWhole() throws {
        let described = try Described.read()
        let tags = Set((described.document["tags"] as? [Object] ?? []).compactMap { $0["name"] as? String })
        var ids: [String] = []
        for one in described.operations {
            let responses = try #require(one.operation["responses"] as? Object)
            ids.append(try #require(one.operation["operationId"] as? String))
            #expect(one.operation["summary"] is String, "\(one.name)")
            #expect(tags.isSuperset(of: try #require(one.operation["tags"] as? [String])), "\(one.name)")
            #expect(responses.keys.contains { $0.hasPrefix("2") }, "\(one.name)")
            let parameters =
                (one.operation["parameters"] as? [Object] ?? []) + (one.item["parameters"] as? [Object] ?? [])
            let inPath = parameters.filter { $0["in"] as? String == "path" }
            #expect(inPath.allSatisfy { $0["required"] as? Bool == true }, "\(one.name)")
            let template = one.path.matches(of: #/\{(\w+)\}/#).map { String($0.1) }
            #expect(inPath.compactMap { $0["name"] as? String }.sorted() == template.sorted(), "\(one.name)")
        }
        #expect(Set(ids).count == ids.count)
    }

    /// What is answered without a token.
    static let open: Set = [
        "get /healthz", "get /", "get /wall", "get /supervisor", "get /pages/{name}", "post /v1/session",
        "post /v1/intake/{name}",
    ]

    /// Little is answered without a token; who has one may still have the wrong role.
    @Test func everyOperationSaysWhoMayCallIt() throws {
        let described = try Described.read()
        let roles = Set(try #require(described.schema("Role")?["enum"] as? [String]))
        for one in described.operations {
            let responses = try #require(one.operation["responses"] as? Object)
            let security = (one.operation["security"] ?? described.document["security"]) as? [[String: [String]]]
            let may = try #require(security).flatMap { $0["token"] ?? [] }
            #expect(roles.isSuperset(of: may), "\(one.name)")
            let isOpen = OpenAPITests.open.contains(one.name)
            #expect((security?.isEmpty == true) == isOpen, "\(one.name)")
            #expect(responses["401"] != nil || isOpen, "\(one.name)")
            #expect((responses["403"] != nil) == !may.isEmpty || isOpen, "\(one.name)")
        }
    }

    // MARK: The document and the code

    @Test func theVersionIsTheDaemons() throws {
        let source = try text("Sources/CVersion/include/CVersion.h")
        let version = try #require(source.firstMatch(of: #/define SCREENPOP_VERSION "([^"]+)"/#)).1
        let info = try #require(Described.read().document["info"] as? Object)
        #expect(info["version"] as? String == String(version))
    }

    @Test func everyRouteIsDescribedAndNoOther() throws {
        let described = Set(try Described.read().operations.map(\.name))
        var registered: Set<String> = []
        for (file, source) in try sources(under: "Sources/Web") {
            for match in source.matches(of: #/router\.(\w+)\(\s*("([^"]*)")?/#) where match.1 != "add" {
                let path = try #require(match.3, "\(file) registers a route whose path is no literal")
                #expect(OpenAPITests.methods.contains(String(match.1)), "\(file) registers with \(match.1)")
                registered.insert("\(match.1) /\(path.drop { $0 == "/" })")
            }
        }
        #expect(registered.count > 20)
        #expect(registered.subtracting(described) == [], "these are served and not described")
        #expect(described.subtracting(registered) == [], "these are described and not served")
    }

    @Test func everyGroupOfRoutesIsServed() throws {
        let server = try text("Sources/Web/Server/WebServer.swift")
        let groups = try sources(under: "Sources/Web/Routes").flatMap { file in
            file.source.matches(of: #/struct (\w+Routes) /#).map { String($0.1) }
        }
        #expect(groups.count > 8)
        for group in groups { #expect(server.contains("        \(group)("), "\(group) is added to no router") }
    }

    /// A key that an encoder writes is a property of some schema.
    @Test func everyKeyThatIsWrittenIsDescribed() throws {
        let described = try Described.read()
        let known = properties(in: described.components["schemas"] as Any)
        var encoders = try sources(under: "Sources/Web").map(\.source)
        for file in ["EventWire/PopEncoder", "EventWire/ReplyEncoder", "Engine/Streams/Streams+Encoding"] {
            encoders.append(try text("Sources/\(file).swift"))
        }
        var written: Set<String> = []
        for source in encoders {
            for match in source.matches(of: #/\.(?:field|key|figure|group)\("(\w+)"/#) {
                written.insert(String(match.1))
            }
        }
        #expect(written.count > 150)
        #expect(written.subtracting(known) == [])
    }

    /// The words of a closed set, in the code and in the document.
    @Test(arguments: [
        ("AlertKind", "Sources/CallCenter/Alerts/Alert.swift", ["AlertKind"]),
        ("Reason", "Sources/CallCenter/Routing/Route.swift", ["RouteReason"]),
        ("Rule", "Sources/CallCenter/Routing/Decision.swift", ["RoutingStep", "properties", "rule"]),
        ("OperatorState", "Sources/CallCenter/Operators/OperatorState.swift", ["OperatorState"]),
        ("Outcome", "Sources/CallCenter/Calls/Visit.swift", ["VisitOutcome"]),
        ("End", "Sources/CallCenter/Calls/Visit.swift", ["Leg", "properties", "end"]),
        ("State", "Sources/CallCenter/Calls/CallLife.swift", ["Call", "properties", "state"]),
        ("Phase", "Sources/CallCenter/Pops/Pop.swift", ["Pop", "properties", "phase"]),
        ("Reason", "Sources/CallCenter/Effect.swift", ["PopWithdrawn", "properties", "reason"]),
        ("Kind", "Sources/CallCenter/Events/Caller.swift", ["CallerNumber", "properties", "kind"]),
        ("ServiceLevelVariant", "Sources/CallCenter/Policy.swift", ["ServiceLevel", "properties", "variant"]),
        ("Code", "Sources/EventWire/WireError.swift", ["Refused", "properties", "error", "properties", "code"]),
        ("Role", "Sources/Storage/Access/TokenStore.swift", ["Role"]),
        ("Means", "Sources/Storage/Views/RecordView.swift", ["AuditView", "properties", "through"]),
        (
            "Kind", "Sources/Storage/Views/ViewChain.swift",
            ["AuditVerdict", "properties", "faults", "items", "properties", "kind"]
        ),
        ("TextEncoding", "Sources/Storage/Import/TextEncoding.swift", ["ImportReport", "properties", "encoding"]),
    ]) func aClosedSetHasTheSameWords(name: String, file: String, place: [String]) throws {
        let schema =
            place.dropFirst().reduce(try Described.read().schema(place[0]) as Any?) { ($0 as? Object)?[$1] } as? Object
        let described = try #require(schema?["enum"] as? [Any]).compactMap { $0 as? String }
        #expect(described.sorted() == (try words(of: name, in: text(file))).sorted())
    }

    @Test func everyEventTypeIsDescribedButTheDaemonsOwn() throws {
        let described = try Described.read()
        let types = try #require(described.schema("Event")?["oneOf"] as? [[String: String]]).flatMap {
            reference -> [String] in
            let name = reference["$ref"]?.split(separator: "/").last.map(String.init) ?? ""
            let type = (described.schema(name)?["properties"] as? Object)?["type"] as? Object
            return type?["enum"] as? [String] ?? [type?["const"] as? String ?? name]
        }
        let known = try words(of: "EventType", in: text("Sources/EventWire/EventType.swift"))
        #expect(types.sorted() == known.filter { !$0.hasPrefix("screenpop.") }.sorted())
    }

    // MARK: Reading

    /// The document, joined from the files as `InterfaceDescription` does.
    struct Described {
        var document: Object = [:]
        var components: Object { document["components"] as? Object ?? [:] }

        static func files() throws -> [String] {
            let folder = OpenAPITests.web.appendingPathComponent("OpenAPI").path
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(files.count > 20 && files.allSatisfy { $0.hasSuffix(".json") })
            return files
        }

        static func read() throws -> Described {
            var described = Described()
            for file in try files() {
                let data = try Data(contentsOf: OpenAPITests.web.appendingPathComponent("OpenAPI/\(file)"))
                let part = try #require(try JSONSerialization.jsonObject(with: data) as? Object, "\(file)")
                described.document = joined(described.document, part)
            }
            return described
        }

        private static func joined(_ whole: Object, _ part: Object) -> Object {
            whole.merging(part) { known, more in
                guard let known = known as? Object, let more = more as? Object else {
                    Issue.record("\(more) is in two files")
                    return known
                }
                return joined(known, more)
            }
        }

        func schema(_ name: String) -> Object? { (components["schemas"] as? Object)?[name] as? Object }

        /// Each with its path, and named as `get /v1/calls`.
        var operations: [(name: String, path: String, item: Object, operation: Object)] {
            (document["paths"] as? [String: Object] ?? [:]).flatMap { path, item in
                item.filter { OpenAPITests.methods.contains($0.key) }
                    .map { ("\($0.key) \(path)", path, item, $0.value as? Object ?? [:]) }
            }
        }
    }

    /// Every string that is under this key, at any depth.
    private func strings(in json: Any, at key: String) -> [String] {
        switch json {
        case let object as Object:
            object.flatMap { $0.key == key ? [$0.value as? String ?? ""] : strings(in: $0.value, at: key) }
        case let list as [Any]: list.flatMap { strings(in: $0, at: key) }
        default: []
        }
    }

    /// The names of all properties of a schema and of those in it.
    private func properties(in json: Any) -> Set<String> {
        switch json {
        case let object as Object:
            Set((object["properties"] as? Object ?? [:]).keys).union(object.values.flatMap { properties(in: $0) })
        case let list as [Any]: Set(list.flatMap { properties(in: $0) })
        default: []
        }
    }

    /// The raw values of the first `enum name: String` of a file.
    func words(of name: String, in source: String) throws -> [String] {
        let begin = try #require(source.firstRange(of: "enum \(name): String"))
        let rest = source[begin.upperBound...]
        let body = rest.prefix { $0 != "}" }.drop { $0 != "{" }.dropFirst()
        var words: [String] = []
        for line in body.matches(of: #/case ([^.\n].*)/#) {
            for word in line.1.split(separator: ",") {
                let parts = word.split(separator: "\"")
                words.append(parts.count > 1 ? String(parts[1]) : word.filter { $0 != "`" && $0 != " " })
            }
        }
        return words
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: ImportTests.root.appendingPathComponent(path), encoding: .utf8)
    }
}

/// The Swift files under a folder of the repository.
func sources(under folder: String) throws -> [(file: String, source: String)] {
    let folder = ImportTests.root.appendingPathComponent(folder)
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
        ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
    }
}
