import Crypto
import DAGDomain

/// Finds the files that pin the packages of a training, and takes their hashes.
enum LockFileScan {
    /// Why a file that the DAG names cannot be read.
    struct Failure: Error {
        let text: String
    }

    /// Those of Python's, conda's and R's tools that pin versions.
    static let usualNames = [
        "requirements.txt", "requirements.lock", "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml",
        "Pipfile.lock", "conda-lock.yml", "environment.yml", "environment.yaml", "renv.lock",
    ]
    private static let limitBytes = 64 << 20

    /// - Parameter declared: what the DAG file names; empty takes the usual ones that are there.
    static func find(in folder: String, declared: [String]) throws(Failure) -> [LockFile] {
        var files: [LockFile] = []
        for name in declared.isEmpty ? usualNames : declared {
            do throws(SmallFile.Failure) {
                if let bytes = try SmallFile.read("\(folder)/\(name)", limit: limitBytes) {
                    let hash = SHA256.hash(data: bytes).map { byte in
                        let digits = String(byte, radix: 16)
                        return digits.utf8.count == 1 ? "0" + digits : digits
                    }.joined()
                    files.append(LockFile(path: name, sha256: hash, sizeBytes: Int64(bytes.count)))
                    continue
                }
            } catch {
                // One of the usual names may be anything; it was not asked for.
                if declared.isEmpty { continue }
                throw Failure(text: "the environment file \(name) \(error.text)")
            }
            if !declared.isEmpty {
                throw Failure(text: "there is no environment file \(name) in the folder of the DAG")
            }
        }
        return files
    }
}
