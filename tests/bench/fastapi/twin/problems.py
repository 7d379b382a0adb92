"""The one error body of every service."""

import orjson
from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    422: "Validation Error",
    503: "Service Unavailable",
}


class Problem(Exception):
    """Ends a request with this status and code."""

    def __init__(self, status: int, code: str, message: str, **more):
        super().__init__(message)
        self.status = status
        title = TITLES.get(status, "Error")
        self.body = {"error": title, "message": message, "status_code": status, "code": code, **more}


def rendered(problem: Problem) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
    return Response(orjson.dumps(problem.body), problem.status, headers, "application/json")


async def of_problem(_request, error: Problem) -> Response:
    return rendered(error)


async def of_validation(_request, error: RequestValidationError) -> Response:
    fields = [{"field": ".".join(map(str, one["loc"][1:])), "message": one["msg"]} for one in error.errors()]
    return rendered(Problem(422, "validation_error", f"{len(fields)} fields are not valid", details=fields))


async def of_framework(_request, error: HTTPException) -> Response:
    return rendered(Problem(error.status_code, "http_error", str(error.detail)))


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, of_problem)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(HTTPException, of_framework)
