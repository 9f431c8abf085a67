import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import NIOCore
import SchedulerService
import StateStore

/// `/api/v1/artifacts`: files that tasks left, by where they come from and by content.
struct V1ArtifactRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("artifacts", use: list)
        api.get("artifacts/:sha256", use: get)
        api.get("artifacts/:sha256/content", use: content)
    }

    /// The newest runs first; `dag_id`, `run_id`, `task_id`, `map_index`, `name` and `sha256` choose.
    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.ArtifactRow>> {
        let query = try QueryItems(request)
        var filter = ArtifactFilter()
        (filter.limit, filter.offset) = try query.longPage()
        filter.dagID = query["dag_id"].map { DAGID($0) }
        filter.runID = query["run_id"].map { RunID($0) }
        filter.taskID = query["task_id"].map { TaskID($0) }
        filter.mapIndex = try query.int("map_index", in: -1...Int(Int32.max))
        filter.name = query["name"]
        filter.sha256 = query["sha256"]
        let chosen = filter
        return Answer(
            try await backend.reading { backend in
                if let dag = chosen.dagID {
                    if let run = chosen.runID {
                        _ = try backend.run(dag, run)
                    } else {
                        try backend.requireDAG(dag)
                    }
                }
                let page = try backend.store.artifacts(chosen)
                return V1.Page(items: page.rows.map { V1.ArtifactRow($0) }, totalEntries: page.total)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Content> {
        let sha256 = try context.contentHash()
        let file = try kept(sha256)
        return Answer(
            try await backend.reading { backend in
                var filter = ArtifactFilter()
                filter.sha256 = sha256
                filter.limit = 1_000
                return V1.Content(
                    sha256: sha256, sizeBytes: file.size,
                    dataset: try backend.store.datasetFacts(of: sha256).map { V1.Dataset($0) },
                    madeBy: try backend.store.artifacts(filter).rows.map { V1.ArtifactRow($0) },
                    readBy: try backend.store.inputs(sha256: sha256).map { V1.InputRow($0) })
            })
    }

    /// The bytes, or with a `Range` header a part of them, in pieces.
    @Sendable private func content(_ request: Request, _ context: APIContext) async throws -> Response {
        let sha256 = try context.contentHash()
        let file = try kept(sha256)
        let size = file.size
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .acceptRanges: "bytes", .eTag: "\"\(sha256)\"",
            .contentDisposition: "attachment; filename=\"\(sha256)\"",
        ]
        guard let header = request.headers[.range] else {
            return Response(status: .ok, headers: headers, body: file.body(0..<size, context.loop))
        }
        guard let range = ByteRange(header, size: size) else {
            headers[.contentRange] = "bytes */\(size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        headers[.contentRange] = "bytes \(range.bytes.lowerBound)-\(range.bytes.upperBound - 1)/\(size)"
        return Response(status: .partialContent, headers: headers, body: file.body(range.bytes, context.loop))
    }

    private func kept(_ sha256: String) throws(APIError) -> LogFile {
        let home = backend.controlPlane.settings.home.path
        let path = "\(home)/artifacts/\(sha256.prefix(2))/\(sha256)"
        guard let file = LogFile.open(path, below: home) else {
            throw APIError.unknown(.artifact, "no artifact with the hash \(sha256) is kept")
        }
        return file
    }
}

extension APIContext {
    /// So that no path can be made of anything else.
    fileprivate func contentHash() throws -> String {
        let text = try text("sha256")
        let digits = Set("0123456789abcdef".utf8)
        guard text.utf8.count == 64, text.utf8.allSatisfy(digits.contains) else {
            throw APIError.badRequest("a hash is 64 hexadecimal digits in lower case")
        }
        return text
    }
}

extension LogFile {
    /// A part of the file in pieces.
    fileprivate func body(_ range: Range<Int64>, _ loop: (any EventLoop)?) -> ResponseBody {
        guard !range.isEmpty else { return ResponseBody() }
        return ResponseBody(contentLength: range.count) { writer in
            var output = PacedWriter(writer, loop)
            var offset = range.lowerBound
            while offset < range.upperBound {
                let piece = try await self.read(at: offset, upTo: Int(range.upperBound - offset))
                guard piece.readableBytes > 0 else {
                    throw APIError.unavailable("the artifact became shorter")
                }
                offset += Int64(piece.readableBytes)
                try await output.write(piece)
            }
            try await output.finish()
        }
    }
}

extension V1.ArtifactRow {
    init(_ row: ArtifactRow) {
        self.init(
            dagID: row.dagID.text, runID: row.runID.text, taskID: row.taskID.text,
            mapIndex: row.key.mapIndex, name: row.artifact.name, path: row.artifact.path,
            sha256: row.artifact.sha256, sizeBytes: row.artifact.sizeBytes,
            createdAt: row.createdAt?.rfc3339, dataset: row.facts.map { V1.Dataset($0) })
    }
}

extension V1.Dataset {
    init(_ facts: DatasetFacts) {
        self.init(
            format: facts.format.rawValue, rows: facts.rows,
            columns: facts.columns.map { V1.DatasetColumn(name: $0.name, type: $0.type) },
            problem: facts.problem)
    }
}

extension V1.InputRow {
    init(_ row: InputRow) {
        self.init(
            dagID: row.dagID.text, runID: row.runID.text, taskID: row.taskID.text,
            mapIndex: row.key.mapIndex, name: row.input.name, place: row.input.place,
            isArtifact: row.input.isArtifact, sha256: row.input.sha256, sizeBytes: row.input.sizeBytes)
    }
}
