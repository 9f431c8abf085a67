import CProcess
import DAGDomain
import Glibc

/// What a control file says about its attempt. The file may have been changed by anybody: whatever is not
/// exactly what the supervisor writes is `damaged`, and nothing in it can make the reader fail.
struct AttemptRecord: Sendable {
    struct Started: Hashable, Sendable {
        let supervisor: Int32
        let supervisorStartTicks: UInt64
        let bootID: String
        let child: Int32
        let at: Timestamp
    }

    /// A record in one of its three possible states.
    enum Field<Value: Sendable>: Sendable {
        case absent
        case present(Value)
        case damaged(String)
    }

    let started: Field<Started>
    let ended: Field<AttemptEnd>
    /// Nil when the header is this attempt's and whole.
    let headerProblem: String?
    let terminationGrace: Duration

    /// `bytes` is the beginning of the file, at least up to the spec record if the file is whole.
    init(bytes: [UInt8], id: AttemptID, specification: () -> StoredSpecification?) {
        guard bytes.count >= Self.fixedSize else {
            let problem = "the record is cut off after \(bytes.count) bytes"
            (headerProblem, started, ended) = (problem, .damaged(problem), .damaged(problem))
            terminationGrace = AttemptSpecification.defaultTerminationGrace
            return
        }
        headerProblem = Self.headerProblem(bytes, id: id)
        started = Self.startedField(bytes)
        ended = Self.endedField(bytes, specification: specification)
        let spec: attempt_spec = Self.load(bytes, at: ATTEMPT_SPEC_OFFSET)
        terminationGrace = .microseconds(min(max(spec.grace_us, 0), 86_400_000_000))
    }

    static var fixedSize: Int { ATTEMPT_SPEC_OFFSET + MemoryLayout<attempt_spec>.size }

    static func load<Record: BitwiseCopyable>(_ bytes: [UInt8], at offset: some BinaryInteger) -> Record {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Int(offset), as: Record.self) }
    }

    private static func headerProblem(_ bytes: [UInt8], id: AttemptID) -> String? {
        let header: attempt_header = load(bytes, at: 0)
        guard header.magic == ATTEMPT_HEADER_MAGIC || header.magic == ATTEMPT_REVOKED_MAGIC else {
            return "the file is not an attempt's record"
        }
        guard header.version == UInt32(ATTEMPT_FILE_VERSION) else {
            return "the record has version \(header.version)"
        }
        guard withUnsafeBytes(of: header, RecordChecksum.isValid) else {
            return "the header's checksum is wrong"
        }
        let stored = text(of: header.attempt_id)
        return stored == id.text ? nil : "the record belongs to attempt '\(stored.prefix(64))'"
    }

    private static func startedField(_ bytes: [UInt8]) -> Field<Started> {
        let record: attempt_started = load(bytes, at: ATTEMPT_STARTED_OFFSET)
        if isZero(record) { return .absent }
        guard record.magic == ATTEMPT_STARTED_MAGIC, withUnsafeBytes(of: record, RecordChecksum.isValid)
        else {
            return .damaged("the record of the start is not what the supervisor writes")
        }
        return .present(
            Started(
                supervisor: record.supervisor_pid, supervisorStartTicks: record.supervisor_start_ticks,
                bootID: text(of: record.boot_id), child: record.child_pid,
                at: Timestamp(microsecondsSinceEpoch: record.realtime_us)))
    }

    private static func endedField(
        _ bytes: [UInt8], specification: () -> StoredSpecification?
    ) -> Field<AttemptEnd> {
        let record: attempt_exit = load(bytes, at: ATTEMPT_EXIT_OFFSET)
        if isZero(record) { return .absent }
        guard record.magic == ATTEMPT_EXIT_MAGIC, withUnsafeBytes(of: record, RecordChecksum.isValid),
            let outcome = outcome(of: record, specification: specification)
        else { return .damaged("the record of the end is not what the supervisor writes") }
        var end = AttemptEnd(outcome: outcome, endedAt: Timestamp(microsecondsSinceEpoch: record.ended_us))
        if record.started_us != 0 { end.startedAt = Timestamp(microsecondsSinceEpoch: record.started_us) }
        end.userTime = .microseconds(record.user_us)
        end.systemTime = .microseconds(record.system_us)
        end.peakMemoryBytes = record.peak_memory_bytes
        end.logBytes = record.log_bytes
        end.droppedLogBytes = record.dropped_bytes
        end.leftoversEnded = Int(record.leftovers_ended)
        end.leftoversAlive = Int(record.leftovers_alive)
        return .present(end)
    }

    private static func outcome(
        of record: attempt_exit, specification: () -> StoredSpecification?
    ) -> ProcessOutcome? {
        switch attempt_exit_kind(record.kind) {
        case ATTEMPT_EXITED: .exited(record.code)
        case ATTEMPT_SIGNALLED: .signalled(record.code, coreDumped: record.core_dumped != 0)
        case ATTEMPT_TIMED_OUT: .timedOut
        case ATTEMPT_TERMINATED: .terminated
        case ATTEMPT_NOT_STARTED: StartProblem(record, specification: specification()).outcome
        default: nil
        }
    }

    private static func isZero<Record: BitwiseCopyable>(_ record: Record) -> Bool {
        withUnsafeBytes(of: record) { $0.allSatisfy { $0 == 0 } }
    }

    private static func text<Characters: BitwiseCopyable>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
