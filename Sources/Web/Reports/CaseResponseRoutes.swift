import CallCenter
import EventWire
import Hummingbird
import Storage

/// `GET /v1/quality/case-response`: how soon something was done in the cases that were opened in a period, by kind,
/// priority and owner. The cases behind a number: `GET /v1/cases?state=all&opened_from=…&opened_before=…`.
struct CaseResponseRoutes {
    let records: CustomerStore
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    let people: PeopleNames

    func add(to router: GuardedRouter) { router.get("v1/quality/case-response", may: .supervisor, use: show) }

    /// Ids that are read at once, between which others are served.
    private static let atOnce: Int64 = 500
    /// Within which something should be done, where nobody says it. Milliseconds: four hours.
    private static let usualLimit: Int64 = 14_400_000

    private struct Groups {
        var all = ResponseTimes()
        var kinds: [OpenCase.Kind: ResponseTimes] = [:]
        var priorities: [CasePriority: ResponseTimes] = [:]
        var owners: [String?: ResponseTimes] = [:]

        mutating func add(_ one: CaseResponse) {
            all.add(one)
            kinds[one.kind, default: ResponseTimes()].add(one)
            priorities[one.priority, default: ResponseTimes()].add(one)
            owners[one.owner, default: ResponseTimes()].add(one)
        }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let period = try QualityRoutes.period(query, settings, now: now())
        let limit = try query.number("within_ms", in: .spentMs) ?? CaseResponseRoutes.usualLimit
        var groups = Groups(), first: Int64 = 1
        let last = try records.newestCase()
        while first <= last {
            let next = first + CaseResponseRoutes.atOnce
            for one in try records.caseResponses(openedIn: period, ids: first..<next) { groups.add(one) }
            first = next
            await Task.yield()
        }
        let names = await people.of(groups.owners.keys)
        return .json(capacity: 4_096) { [groups] out in
            func write(_ times: ResponseTimes, into out: inout ByteBuilder) {
                CaseResponseRoutes.write(times.figures(within: limit), into: &out)
            }
            out.object { out in
                out.field("from", period.lowerBound)
                out.field("to", period.upperBound)
                out.field("within_ms", limit)
                write(groups.all, into: &out)
                out.key("kinds")
                out.array { out in
                    for kind in OpenCase.Kind.allCases {
                        guard let times = groups.kinds[kind] else { continue }
                        out.object { out in
                            out.field("kind", kind.rawValue)
                            write(times, into: &out)
                        }
                    }
                }
                out.key("priorities")
                out.array { out in
                    for priority in CasePriority.allCases.reversed() {
                        guard let times = groups.priorities[priority] else { continue }
                        out.object { out in
                            out.field("priority", priority.word)
                            write(times, into: &out)
                        }
                    }
                }
                out.key("owners")
                out.array { out in
                    for (owner, times) in groups.owners.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
                        out.object { out in
                            out.field("owner", owner)
                            out.field("name", owner.flatMap { names[$0] })
                            write(times, into: &out)
                        }
                    }
                }
            }
        }
    }

    private static func write(_ figures: ResponseTimes.Figures, into out: inout ByteBuilder) {
        out.field("opened", figures.opened)
        out.field("answered", figures.answered)
        out.field("average_ms", figures.average)
        out.field("median_ms", figures.median)
        out.field("p90_ms", figures.p90)
        out.field("max_ms", figures.max)
        out.field("within", figures.within)
        out.field("within_rate", figures.withinRate)
    }
}
