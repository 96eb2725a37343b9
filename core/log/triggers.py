"""What the database does by itself, as operations for migrations.

A leaf is written by a trigger of the row it is of: in the same transaction, whichever way the row
is written, and without a query of ours. No lock is taken, so that nobody waits for anybody.
"""

from collections.abc import Sequence

from django.db.migrations import RunSQL

# The hash is made again in Python: ``core.log.models.entry_of``.
ADD_LEAF = """
CREATE FUNCTION core_add_leaf(subject text, key text, content jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    salt uuid := gen_random_uuid();
    words text := content::text;
BEGIN
    INSERT INTO core_leaf (subject, key, content, salt, entry) VALUES (subject, key, words, salt,
        sha256(uuid_send(salt) || convert_to(subject || E'\\n' || key || E'\\n' || words, 'UTF8')));
END $$
"""
# Nobody but the owner writes leaves: a trigger does, with the owner's rights (``core.rights``).
ONLY_BY_TRIGGER = "REVOKE EXECUTE ON FUNCTION core_add_leaf(text, text, jsonb) FROM PUBLIC"
# The arguments are the subject, and the columns that belong to it; without them all do. Times
# are written in one zone, whoever's connection it is.
LOG_ROW = """
CREATE FUNCTION core_log_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO public, pg_temp SET timezone TO 'UTC' AS $$
DECLARE
    names text[] := TG_ARGV[1:];
    was jsonb;
    said jsonb := to_jsonb(NEW);
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM core_add_leaf(TG_ARGV[0], OLD.id::text, 'null');
        RETURN NULL;
    END IF;
    was := to_jsonb(OLD);
    IF cardinality(names) > 0 THEN
        said := (SELECT jsonb_object_agg(name, said->name) FROM unnest(names) AS name);
        was := (SELECT jsonb_object_agg(name, was->name) FROM unnest(names) AS name);
    END IF;
    IF TG_OP = 'INSERT' OR said <> was THEN
        PERFORM core_add_leaf(TG_ARGV[0], NEW.id::text, said);
    END IF;
    RETURN NULL;
END $$
"""
REFUSE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are only ever added.', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
# A leaf gets its number once, and salt and content may be forgotten; a tile only grows.
GUARD_LEAF = """
CREATE FUNCTION core_guard_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.subject, NEW.key, NEW.entry, NEW.written_at)
            IS DISTINCT FROM ROW(OLD.id, OLD.subject, OLD.key, OLD.entry, OLD.written_at)
        OR (NEW.number IS DISTINCT FROM OLD.number AND OLD.number IS NOT NULL)
        OR (ROW(NEW.salt, NEW.content) IS DISTINCT FROM ROW(OLD.salt, OLD.content)
            AND (NEW.salt IS NOT NULL OR NEW.content IS NOT NULL))
    THEN
        RAISE EXCEPTION 'Rows of core_leaf are only ever added.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""
GUARD_TILE = """
CREATE FUNCTION core_guard_tile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.level, NEW.index, substr(NEW.hashes, 1, length(OLD.hashes)))
        IS DISTINCT FROM ROW(OLD.level, OLD.index, OLD.hashes)
    THEN
        RAISE EXCEPTION 'Rows of core_tile are only ever added.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""


def _run(made: Sequence[str], undone: Sequence[str]) -> RunSQL:
    return RunSQL(tuple(made), tuple(undone))


def functions() -> RunSQL:
    names = (
        "core_add_leaf(text, text, jsonb)",
        *("core_log_row()", "core_refuse_change()", "core_guard_leaf()", "core_guard_tile()"),
    )
    return _run(
        [ADD_LEAF, ONLY_BY_TRIGGER, LOG_ROW, REFUSE, GUARD_LEAF, GUARD_TILE],
        [f"DROP FUNCTION {name}" for name in names],
    )


def keep(table: str, *, guard: str = "") -> RunSQL:
    """Let nobody change, delete or empty the rows; ``guard`` looks at each change instead."""
    refuse = "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()"
    changes = "DELETE" if guard else "UPDATE OR DELETE"
    made = [
        f"CREATE TRIGGER rows_are_kept BEFORE {changes} ON {table} {refuse}",
        f"CREATE TRIGGER table_is_not_emptied BEFORE TRUNCATE ON {table} {refuse}",
    ]
    undone = ["rows_are_kept", "table_is_not_emptied"]
    if guard:
        made.append(
            f"CREATE TRIGGER change_is_guarded BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {guard}()"
        )
        undone.append("change_is_guarded")
    return _run(made, [f"DROP TRIGGER {name} ON {table}" for name in undone])


def log_rows(table: str, subject: str, *columns: str) -> RunSQL:
    """Write a leaf for each row that there is, in their order, and from now on at each change."""
    words = ", ".join(f"'{word}'" for word in (subject, *columns))
    names = ", ".join(columns) or "*"
    return _run(
        [
            f"""SET LOCAL timezone TO 'UTC';
            SELECT core_add_leaf('{subject}', id::text, content) FROM (
                SELECT id, to_jsonb(r) AS content FROM (SELECT {names} FROM {table}) r
                ORDER BY id OFFSET 0
            ) rows""",  # noqa: S608 - our own text
            f"CREATE TRIGGER row_is_logged AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION core_log_row({words})",
        ],
        [f"DROP TRIGGER row_is_logged ON {table}"],
    )
