import CProcess
import DAGDomain
import Glibc

/// Why a specification cannot be handed to any process.
enum AttemptSpecificationProblem: Error, Equatable {
    case invalidID
    case noArguments
    case containsNUL(what: String)
    case notAbsolute(path: String)
    case invalidVariableName(String)
    case tooLarge(bytes: Int)

    /// The errno value that the kernel would have given for the same mistake.
    var errorNumber: Int32 {
        if case .tooLarge = self { E2BIG } else { EINVAL }
    }

    var message: String {
        switch self {
        case .invalidID: "the attempt's id is not 1 to 63 letters, digits, '-' or '_'"
        case .noArguments: "there is no program to run"
        case .containsNUL(let what): "\(what) contains a NUL byte"
        case .notAbsolute(let path): "the path '\(path)' is not absolute"
        case .invalidVariableName(let name): "'\(name)' is not a name for an environment variable"
        case .tooLarge(let bytes): "arguments and environment are \(bytes) bytes, more than Linux accepts"
        }
    }
}

/// Writes a specification in the layout of `attempt_file.h`: empty records, the header and the spec.
struct AttemptFileEncoder {
    let bootID: String
    /// The soft limit of open files that tasks get; 0 for the daemon's own.
    let openFilesLimit: UInt64

    func encode(_ specification: AttemptSpecification) throws(AttemptSpecificationProblem) -> [UInt8] {
        guard RuntimeDirectory.isValidID(specification.id) else { throw .invalidID }
        guard !specification.arguments.isEmpty else { throw .noArguments }
        let header = ATTEMPT_SPEC_OFFSET
        var bytes = [UInt8](repeating: 0, count: header)
        let variables = environment(of: specification)
        appendRecord(specRecord(specification, variableCount: variables.count), to: &bytes)
        try appendStrings(specification, variables: variables, to: &bytes)
        guard bytes.count - header <= ATTEMPT_SPEC_MAX else {
            throw .tooLarge(bytes: bytes.count - header)
        }
        writeHeader(specification.id, to: &bytes)
        return bytes
    }

    /// Sorted, so that the same specification always gives the same bytes.
    private func environment(of specification: AttemptSpecification) -> [(key: String, value: String)] {
        var variables = specification.environment
        if variables[LeftoverSweep.marker] == nil { variables[LeftoverSweep.marker] = specification.id.text }
        return variables.sorted { $0.key < $1.key }
    }

    private func specRecord(_ specification: AttemptSpecification, variableCount: Int) -> attempt_spec {
        attempt_spec(
            flags: specification.keepsLeftovers ? UInt32(ATTEMPT_FLAG_KEEP_LEFTOVERS) : 0,
            directory_count: UInt32(clamping: specification.directoriesToCreate.count),
            argument_count: UInt32(clamping: specification.arguments.count),
            environment_count: UInt32(clamping: variableCount),
            timeout_us: specification.executionTimeout.map { max($0.microseconds, 1) } ?? 0,
            grace_us: max(specification.terminationGrace.microseconds, 0),
            log_limit: specification.logLimitBytes,
            open_files_limit: openFilesLimit)
    }

    private func appendStrings(
        _ specification: AttemptSpecification, variables: [(key: String, value: String)],
        to bytes: inout [UInt8]
    ) throws(AttemptSpecificationProblem) {
        for path in [specification.workingDirectory, specification.logPath]
            + specification.directoriesToCreate
        {
            guard path.utf8.first == UInt8(ascii: "/") else { throw .notAbsolute(path: path) }
            try append(path, called: "a path", to: &bytes)
        }
        for (position, argument) in specification.arguments.enumerated() {
            try append(argument, called: "argument \(position)", to: &bytes)
        }
        for (name, value) in variables {
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")) else {
                throw .invalidVariableName(name)
            }
            try append("\(name)=\(value)", called: "the environment variable \(name)", to: &bytes)
        }
    }

    private func append(
        _ text: String, called what: @autoclosure () -> String, to bytes: inout [UInt8]
    ) throws(AttemptSpecificationProblem) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        if bytes[start...].contains(0) { throw .containsNUL(what: what()) }
        bytes.append(0)
    }

    private func appendRecord(_ record: attempt_spec, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: record) { bytes.append(contentsOf: $0) }
    }

    private func writeHeader(_ id: AttemptID, to bytes: inout [UInt8]) {
        var header = attempt_header()
        header.magic = ATTEMPT_HEADER_MAGIC
        header.version = UInt32(ATTEMPT_FILE_VERSION)
        bytes[ATTEMPT_SPEC_OFFSET...].withUnsafeBytes { spec in
            header.spec_length = UInt32(spec.count)
            if let start = spec.baseAddress { header.spec_crc = attempt_crc32(start, spec.count) }
        }
        withUnsafeMutableBytes(of: &header.attempt_id) { $0.copyBytes(from: id.text.utf8) }
        withUnsafeMutableBytes(of: &header.boot_id) {
            $0.copyBytes(from: bootID.utf8.prefix(ATTEMPT_BOOT_ID_SIZE - 1))
        }
        withUnsafeMutableBytes(of: &header) { RecordChecksum.write(in: $0) }
        withUnsafeBytes(of: header) { bytes.replaceSubrange(0..<$0.count, with: $0) }
    }
}
