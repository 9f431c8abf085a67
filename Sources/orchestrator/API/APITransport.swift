/// How requests reach the API: a socket, a network, or the router inside this process.
protocol APITransport: Sendable {
    /// Where the other side is, for messages.
    var place: String { get }

    /// The whole answer.
    func send(_ request: APIRequest) async throws -> APIAnswer

    /// The answer piece by piece as it comes, for logs and events; ends when the other side ends it.
    func open(_ request: APIRequest) async throws -> (
        status: Int, pieces: AsyncThrowingStream<[UInt8], any Error>
    )

    /// The answer piece by piece, each asked for when `receive` has taken the one before: for what may be larger than
    /// memory.
    ///
    /// - Returns: the status.
    func pull(
        _ request: APIRequest, receive: @escaping @Sendable (_ status: Int, [UInt8]) async throws -> Void
    ) async throws -> Int
}

/// An answer of the API.
struct APIAnswer: Sendable {
    let status: Int
    let body: [UInt8]
}

/// The other side went away, or was never there: the request may or may not have been done.
struct ConnectionLost: Error, Sendable {
    let place: String
    let detail: String

    /// The system's words where the library's text holds an error number, else the library's text.
    static func detail(of error: any Error) -> String {
        let text = "\(error)"
        guard let marker = text.firstRange(of: "errno: ") else { return text }
        let digits = text[marker.upperBound...].prefix { $0.isASCII && $0.isNumber }
        return Int32(digits).map(systemErrorText) ?? text
    }
}
