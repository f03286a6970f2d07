import CallCenter
import Doctor
import Engine
import Hummingbird
import Settings
import Storage

/// `GET /v1/doctor`: what is not as it should be for what the centre is promised.
struct DoctorRoutes {
    let engine: Engine
    let views: any ViewRecorder
    let settings: WebSettings
    /// nil for a daemon that is alone.
    let cluster: @Sendable () async -> ClusterFacts?
    let now: @Sendable () -> Timestamp
    /// nil without TLS of its own.
    let certificate: ServerCertificate?
    var survey = MachineSurvey()

    func add(to router: GuardedRouter) {
        router.get("v1/doctor", may: .admin, use: examine)
    }

    private func examine(_ request: Request, _ context: WebContext) async throws -> Response {
        let language = request.language ?? settings.language
        let examination = Examination(try await machine(), await cluster())
        return .json { out in
            out.object { out in
                out.field("severity", examination.severity.rawValue)
                out.key("findings")
                out.array { out in
                    for finding in examination.findings {
                        out.object { out in
                            out.field("severity", finding.severity.rawValue)
                            out.field("check", finding.check.rawValue)
                            out.field("what", finding.what.text(in: language))
                            out.field("do", finding.advice?.text(in: language))
                        }
                    }
                }
            }
        }
    }

    private func machine() async throws -> MachineFacts {
        let directory = settings.stateDirectory, now = self.now(), survey = self.survey
        // On the threads for what blocks: a file system of another machine may not answer.
        var facts = try await BlockingThreads.files.run { survey.facts(stateDirectory: directory, now: now) }
        facts.isLogWritable = engine.isLogWritable
        facts.checkpointProblem = await engine.health()?.checkpointProblem
        facts.viewsProblem = views.status.problem
        facts.certificate = certificate?.facts(now: now)
        facts.holidays = settings.work().holidayFacts(at: now)
        return facts
    }
}

extension WorkClock {
    /// What the doctor examines of the file of holidays; nil without one.
    func holidayFacts(at now: Timestamp) -> HolidayFacts? {
        holidays.map { HolidayFacts(file: $0.file, last: $0.last, daysLeft: holidayDaysLeft(at: now)) }
    }

    /// What a daemon that starts says of its holidays; nil when there is nothing to say.
    public func holidayWarning(at now: Timestamp) -> String? {
        holidayFacts(at: now).flatMap { Examination.shortage(of: $0) }?.en
    }
}
