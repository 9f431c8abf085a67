/// The bodies of Airflow's stable REST API (`/api/v2`), version 3.2, with Airflow's own names.
///
/// Dates are RFC 3339 text in UTC with microseconds. Keys of answers are always present, null where there is nothing
/// to say. The enumerations are closed: a client refuses an answer with a word that it does not know.
package enum AirflowV2 {}
