import Glibc

/// A version's file as a task finds it: a link under the file's own name, which leads into the store.
package struct ModelLink: Hashable, Sendable {
    /// The variable that says where it is.
    package let variable: String
    /// `model`, `champion` or `previous`: two versions may have files of one name.
    package let folder: String
    package let name: String
    package let target: String

    package init(variable: String, folder: String, name: String, target: String) {
        self.variable = variable
        self.folder = folder
        self.name = name
        self.target = target
    }

    /// Why it could not be made.
    struct Failure: Error {
        let text: String
    }

    /// - Parameter parent: a folder that is there.
    /// - Returns: where it is.
    func make(in parent: String) throws(Failure) -> String {
        let place = "\(parent)/\(folder)"
        let path = "\(place)/\(name)"
        guard mkdir(place, 0o700) == 0 || errno == EEXIST else { throw .system(place) }
        unlink(path)
        guard symlink(target, path) == 0 else { throw .system(path) }
        return path
    }
}

extension ModelLink.Failure {
    fileprivate static func system(_ path: String) -> ModelLink.Failure {
        ModelLink.Failure(text: "\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
}
