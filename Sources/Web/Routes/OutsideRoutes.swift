import CRMLookup
import CallCenter
import EventWire
import Hummingbird

/// `/v1/lookups`: the look-ups outside, how each does, and what one says of a number.
struct OutsideRoutes {
    let lookups: LookupDesk
    let settings: WebSettings

    func add(to router: GuardedRouter) {
        router.get("v1/lookups", may: .admin, use: list)
        router.post("v1/lookups/try", may: .admin, use: trial)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let all = lookups.statuses()
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in all { OutsideRoutes.encode(one, into: &out) } }
            }
        }
    }

    private static func encode(_ one: LookupStatus, into out: inout ByteBuilder) {
        out.object { out in
            out.field("name", one.name)
            out.field("label", one.label)
            out.field("state", one.state.rawValue)
            out.field("callers", one.callers)
            out.field("kept", one.kept)
            out.field("requests", one.requests)
            out.field("found", one.found)
            out.field("not_found", one.missing)
            out.field("failed", one.failed)
            out.field("late", one.late)
            out.field("entries", one.entries)
            out.field("problem", one.problem)
        }
    }

    private func trial(_ request: Request, _ context: WebContext) async throws -> Response {
        let members: JSONMembers = try await request.json()
        try members.require(["number"], of: "a trial")
        guard case .text(let number)? = members["number"], (1...WireLimits.stringBytesMax).contains(number.utf8.count)
        else { throw Problem.bad("Say which number, as a text of at most \(WireLimits.stringBytesMax) bytes.") }
        let caller = settings.read(number)
        guard caller.kind == .number, caller.e164 != nil else {
            throw Problem.bad("number is no telephone number, so nobody is asked about it.")
        }
        let trials = await lookups.trials(caller)
        return .json(capacity: 8_192) { out in
            out.object { out in
                out.key("number")
                PopEncoder.number(caller, into: &out)
                out.key("items")
                out.array { out in for one in trials { OutsideRoutes.encode(one, into: &out) } }
            }
        }
    }

    private static func encode(_ one: LookupTrial, into out: inout ByteBuilder) {
        out.object { out in
            out.field("name", one.name)
            out.field("label", one.label)
            out.field("state", one.state.rawValue)
            out.field("problem", one.problem)
            out.field("took_ms", one.took)
            out.key("steps")
            out.array { out in for step in one.steps { encode(step, into: &out) } }
            out.key("card")
            guard let record = one.record else { return out.null() }
            out.object { out in
                out.key("fields")
                out.array { out in
                    for field in record.fields {
                        out.object { out in
                            out.field("label", field.label)
                            out.field("value", field.value)
                        }
                    }
                }
                out.field("external_id", record.externalID)
                out.field("url", record.url)
                out.field("matches", record.count)
            }
        }
    }

    private static func encode(_ step: LookupTrial.Step, into out: inout ByteBuilder) {
        out.object { out in
            out.field("notation", step.notation?.rawValue)
            out.field("method", step.call.method)
            out.field("url", step.call.url)
            out.key("headers")
            out.array { out in
                for header in step.call.headers where header.count == 2 {
                    out.object { out in
                        out.field("name", header[0])
                        out.field("value", header[1])
                    }
                }
            }
            out.field("body", step.call.body)
            out.field("status", step.status)
            out.field("answer", step.answer)
            out.field("meaning", step.meaning)
            out.field("took_ms", step.took)
        }
    }
}
