"""Takes OpenLineage events as an endpoint does, and builds each anew from the classes of the package openlineage-python:
what is not as they want it is an error, which the file `events` tells."""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from openlineage.client import event_v2, facet_v2
from openlineage.client.serde import Serde

folder = Path(sys.argv[1])
# With `refuse` the first so many events are answered with 503.
refusals = [int(sys.argv[2]) if len(sys.argv) > 2 else 0]

RUN = {
    "parent": facet_v2.parent_run.ParentRunFacet,
    "nominalTime": facet_v2.nominal_time_run.NominalTimeRunFacet,
    "errorMessage": facet_v2.error_message_run.ErrorMessageRunFacet,
}
JOB = {
    "jobType": facet_v2.job_type_job.JobTypeJobFacet,
    "documentation": facet_v2.documentation_job.DocumentationJobFacet,
}
DATASET = {
    "version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet,
    "dataSource": facet_v2.datasource_dataset.DatasourceDatasetFacet,
    "schema": facet_v2.schema_dataset.SchemaDatasetFacet,
}
OUTPUT = {"outputStatistics": facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet}


def facets(values, classes):
    made = {}
    for name, value in values.items():
        members = {k: v for k, v in value.items() if k not in ("_producer", "_schemaURL")}
        if name == "parent":
            members["run"] = facet_v2.parent_run.Run(**members["run"])
            members["job"] = facet_v2.parent_run.Job(**members["job"])
        if name == "schema":
            fields = facet_v2.schema_dataset.SchemaDatasetFacetFields
            members["fields"] = [fields(**field) for field in members["fields"]]
        made[name] = classes[name](**members)
        assert value["_schemaURL"] == made[name]._schemaURL, (value["_schemaURL"], made[name]._schemaURL)
        assert value["_producer"].startswith("https://"), value
    return made


def dataset(value, kind, extra, classes):
    known = dict(value)
    known["facets"] = facets(value["facets"], DATASET)
    if extra in value:
        known[extra] = facets(value[extra], classes)
    return kind(**known)


def built(event):
    known = dict(event)
    schema = known.pop("schemaURL")
    known["eventType"] = event_v2.RunState(event["eventType"])
    known["run"] = event_v2.Run(event["run"]["runId"], facets(event["run"]["facets"], RUN))
    job = event["job"]
    known["job"] = event_v2.Job(job["namespace"], job["name"], facets(job["facets"], JOB))
    known["inputs"] = [dataset(v, event_v2.InputDataset, "inputFacets", {}) for v in event["inputs"]]
    known["outputs"] = [dataset(v, event_v2.OutputDataset, "outputFacets", OUTPUT) for v in event["outputs"]]
    made = event_v2.RunEvent(**known)
    assert made.schemaURL == schema, (made.schemaURL, schema)
    again = json.loads(Serde.to_json(made))
    for key in ("eventType", "eventTime", "producer"):
        assert again[key] == event[key], (again, event)
    return made


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if refusals[0] > 0:
            refusals[0] -= 1
            self.answer(503)
            return
        event = json.loads(body)
        line = {"event": event, "authorization": self.headers.get("authorization"), "problem": None}
        try:
            built(event)
        except Exception as error:  # Everything that its classes refuse.
            line["problem"] = repr(error)
        with open(folder / "events", "a") as file:
            file.write(json.dumps(line) + "\n")
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
(folder / "port.new").write_text(str(server.server_port))
(folder / "port.new").rename(folder / "port")
server.serve_forever()
