import collections

from schemathesis.core.failures import Failure, FailureGroup

from tests.test_api_schema import RULE, HealthCheck, schema, settings, transaction

SEEN = collections.OrderedDict()
COUNT = collections.Counter()
STATUS = collections.Counter()


@schema.parametrize()
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_dev(case, headers):
    COUNT[case.operation.label] += 1
    point = transaction.savepoint()
    response = None
    try:
        response = case.call(headers=headers)
        STATUS[
            case.operation.label,
            case.meta.generation.mode.value if case.meta else "",
            response.status_code,
        ] += 1
        if case.meta and case.meta.generation.mode.is_positive:
            assert set(" ".join(response.headers.get("x-codes", [])).split()) <= {RULE}, (
                response.headers["x-codes"]
            )
        case.validate_response(response, headers=headers)
    except FailureGroup as group:
        for f in group.exceptions:
            note(case, f, response)
    except BaseException as e:
        note(case, e, response)
    finally:
        transaction.savepoint_rollback(point)


def note(case, f, response):
    d = case.meta.phase.data if case.meta else None
    desc = getattr(d, "description", "")
    key = (
        case.operation.label,
        type(f).__name__,
        repr(f)[:3000] if not isinstance(f, Failure) else f.message[:600],
        response.status_code if response is not None else None,
    )
    if key in SEEN:
        SEEN[key][0] += 1
        return
    try:
        curl = case.as_curl_command()[:900]
    except BaseException as e:
        curl = repr(e)
    SEEN[key] = [
        1,
        case.meta.phase.name.value if case.meta else None,
        desc,
        curl,
        (response.text[:500] if response is not None else ""),
    ]


def test_zz():
    with open("/tmp/h4.out", "w") as out:
        for k, v in SEEN.items():
            print("=" * 20, *k, sep="\n", file=out)
            print("--", *v, sep="\n", file=out)
        print(len(SEEN), sum(COUNT.values()), COUNT, file=out)
        for k in sorted(STATUS):
            print(*k, STATUS[k], file=out)
