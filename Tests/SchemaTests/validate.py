"""Validates JSON documents against the schemas of a folder, with the jsonschema package.

Standard input is one JSON object a line: {"schema": NAME, "document": TEXT}. Standard output is a
line for each that is refused: its place among the lines, counted from 0, and why.
"""

import json
import pathlib
import sys

import jsonschema
import referencing

schemas = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
    for path in pathlib.Path(sys.argv[1]).glob("*.schema.json")
}
for schema in schemas.values():
    jsonschema.Draft202012Validator.check_schema(schema)
registry = referencing.Registry().with_resources(
    (schema["$id"], referencing.Resource.from_contents(schema)) for schema in schemas.values()
)


def refuse_float(text):
    raise ValueError(f"{text} is no integer")


for place, line in enumerate(filter(str.strip, sys.stdin)):
    request = json.loads(line)
    try:
        schema = schemas[request["schema"]]
        document = json.loads(request["document"], parse_float=refuse_float)
        validator = jsonschema.Draft202012Validator(schema, registry=registry)
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
        why = error and f"{error.json_path}: {error.message}"
    except (KeyError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
    if why:
        print(place, request["schema"], " ".join(why.split()))
print("done")
