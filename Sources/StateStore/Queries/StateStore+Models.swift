import DAGDomain
import GRDB
import JSONText

/// A model as lists show it.
package struct RegisteredModelRow: Hashable, Sendable {
    package let model: RegisteredModel
    package let tags: [String: String]
    package let aliases: [AliasName: ModelVersionNumber]
    /// How many versions there are.
    package let versions: Int
    package let latest: ModelVersionNumber?
}

/// A version of a model as lists show it.
package struct ModelVersionRow: Hashable, Sendable {
    package let version: ModelVersion
    package let tags: [String: String]
    /// That point to it, by name.
    package let aliases: [AliasName]

    package var key: ModelVersionKey { version.key }
}

/// What the registry has to remember of a model after a restart.
package struct ModelHistory: Hashable, Sendable {
    package let name: ModelName
    package let next: Int
    package let versions: Set<ModelVersionNumber>
    /// Of its aliases since it was created, the oldest first.
    package let changes: [AliasChange]
}

extension StateStore {
    /// All models, by name.
    package func registeredModels() throws(StateStoreError) -> [RegisteredModelRow] {
        try read { database in try Self.models("ORDER BY name", [], database) }
    }

    package func registeredModel(_ name: ModelName) throws(StateStoreError) -> RegisteredModelRow? {
        try read { database in try Self.models("WHERE name = ?", [name.text], database).first }
    }

    /// The versions of a model, or of all, by model, the newest first.
    package func modelVersions(of model: ModelName? = nil) throws(StateStoreError) -> [ModelVersionRow] {
        try read { database in
            try Self.versions(
                "\(model == nil ? "" : "WHERE model = ?") ORDER BY model, version DESC",
                model.map { [$0.text] } ?? [], database)
        }
    }

    package func modelVersion(_ key: ModelVersionKey) throws(StateStoreError) -> ModelVersionRow? {
        try read { database in
            try Self.versions(
                "WHERE model = ? AND version = ?", [key.model.text, key.version.value], database
            ).first
        }
    }

    /// The versions that a task instance has made, the oldest first.
    package func modelVersions(madeBy origin: ModelOrigin) throws(StateStoreError) -> [ModelVersionKey] {
        try read { database in
            try database.fetch(
                """
                SELECT model, version FROM model_version
                WHERE dag_id = ? AND run_id = ? AND task_id = ? AND map_index = ? ORDER BY version
                """, [origin.dagID.text, origin.runID.text, origin.taskID.text, origin.mapIndex]
            ) { ModelVersionKey(try $0.identifier(), ModelVersionNumber(try $0.int())) }
        }
    }

    package func modelAlias(
        _ model: ModelName, _ alias: AliasName
    ) throws(StateStoreError) -> ModelVersionNumber? {
        try read { database in
            try database.fetch(
                "SELECT version FROM model_alias WHERE model = ? AND alias = ?", [model.text, alias.text]
            ) { ModelVersionNumber(try $0.int()) }.first
        }
    }

    /// Where an alias of a model, or any of them, has pointed: the newest change first.
    package func aliasChanges(
        of model: ModelName, alias: AliasName? = nil
    ) throws(StateStoreError) -> [AliasChange] {
        try read { database in
            try database.fetch(
                """
                SELECT \(AliasRecord.columns) FROM model_alias_change
                WHERE model = ?\(alias == nil ? "" : " AND alias = ?") ORDER BY id DESC
                """, [model.text] + (alias.map { [$0.text] } ?? []), as: AliasRecord.read)
        }
    }

    /// What the registry needs to know of all models.
    package func modelHistories() throws(StateStoreError) -> [ModelHistory] {
        try read { database in
            let models = try database.fetch("SELECT name, next_version FROM registered_model") {
                (name: try $0.identifier(ModelName.self), next: try $0.int())
            }
            guard !models.isEmpty else { return [] }
            let versions = try Dictionary(
                grouping: database.fetch("SELECT model, version FROM model_version") {
                    ModelVersionKey(try $0.identifier(), ModelVersionNumber(try $0.int()))
                }, by: \.model)
            let changes = try Dictionary(
                grouping: database.fetch(
                    """
                    SELECT \(AliasRecord.columns) FROM model_alias_change
                    WHERE at >= (SELECT created_at FROM registered_model WHERE name = model) ORDER BY id
                    """, as: AliasRecord.read), by: \.model)
            return models.map { model in
                ModelHistory(
                    name: model.name, next: model.next,
                    versions: Set((versions[model.name] ?? []).map(\.version)),
                    changes: changes[model.name] ?? [])
            }
        }
    }

    private static func models(
        _ clauses: String, _ values: [(any DatabaseValueConvertible)?], _ database: Database
    ) throws -> [RegisteredModelRow] {
        let rows = try database.fetch(
            """
            SELECT name, description, created_at, updated_at,
                (SELECT count(*) FROM model_version WHERE model_version.model = name),
                (SELECT max(version) FROM model_version WHERE model_version.model = name)
            FROM registered_model \(clauses)
            """, values
        ) { reader in
            (
                model: RegisteredModel(
                    name: try reader.identifier(), description: try reader.text(),
                    createdAt: try reader.timestamp(), updatedAt: try reader.timestamp()),
                versions: try reader.int(), latest: try reader.optionalInteger()
            )
        }
        return try rows.map { row in
            let name = row.model.name.text
            return RegisteredModelRow(
                model: row.model,
                tags: try Self.tags("registered_model_tag WHERE model = ?", [name], database),
                aliases: try Dictionary(
                    uniqueKeysWithValues: database.fetch(
                        "SELECT alias, version FROM model_alias WHERE model = ?", [name]
                    ) { (try $0.identifier(AliasName.self), ModelVersionNumber(try $0.int())) }),
                versions: row.versions, latest: row.latest.map { ModelVersionNumber(Int($0)) })
        }
    }

    private static func versions(
        _ clauses: String, _ values: [(any DatabaseValueConvertible)?], _ database: Database
    ) throws -> [ModelVersionRow] {
        let versions = try database.fetch(
            "SELECT \(ModelVersionRecord.columns) FROM model_version \(clauses)", values,
            as: ModelVersionRecord.read)
        return try versions.map { version in
            let key: [(any DatabaseValueConvertible)?] = [
                version.key.model.text, version.key.version.value,
            ]
            return ModelVersionRow(
                version: version,
                tags: try Self.tags("model_version_tag WHERE model = ? AND version = ?", key, database),
                aliases: try database.fetch(
                    "SELECT alias FROM model_alias WHERE model = ? AND version = ? ORDER BY alias", key
                ) { try $0.identifier() })
        }
    }

    private static func tags(
        _ place: String, _ values: [(any DatabaseValueConvertible)?], _ database: Database
    ) throws -> [String: String] {
        try Dictionary(
            uniqueKeysWithValues: database.fetch("SELECT key, value FROM \(place)", values) {
                (try $0.text(), try $0.text())
            })
    }
}
