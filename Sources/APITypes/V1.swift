/// The bodies of our own API (`/api/v1`): the scheduler's states as they are, and more than Airflow tells.
///
/// Dates are RFC 3339 text in UTC with microseconds, durations are seconds. Keys of answers are always present.
package enum V1 {}
