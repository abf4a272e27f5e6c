"""A query for one row, and what is selected with it, that is compiled once and makes models as the ORM does."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

from studies.sessions.prepared_query import prepared_cursor

M = TypeVar("M", bound=Model)
Converter = Callable[[Any, Any, Any], Any]


class PreparedModel(Generic[M]):
    """A query with one parameter that gives a model, with `select_related` and `defer`."""

    def __init__(self, make: Callable[[Any], QuerySet[M]], placeholder: str | int) -> None:
        """Keep how the query is made.

        Parameters
        ----------
        make
            Returns the queryset for a value of the parameter.
        placeholder
            A value of the parameter's type that stands nowhere else in the query.
        """
        self._make = make
        self._placeholder = placeholder
        self._compiled: _Compiled | None = None

    def first(self, value: str | int) -> M | None:
        """Return the first row for this value of the parameter; None where there is none (one query)."""
        compiled = self._compiled
        if compiled is None:
            self._compiled = compiled = _Compiled(self._make(self._placeholder), self._placeholder)
        with prepared_cursor() as cursor:
            cursor.execute(compiled.sql, compiled.parameters_for(value))
            row = cursor.fetchone()
        return None if row is None else compiled.model_of(row)

    def get(self, value: str | int) -> M:
        """Return the row for this value of the parameter (one query).

        Raises
        ------
        ObjectDoesNotExist
            There is none; the model's own `DoesNotExist`.
        """
        found = self.first(value)
        if found is None:
            model: Any = self._make(self._placeholder).model
            raise model.DoesNotExist(f"{model._meta.object_name} matching query does not exist.")
        return found


class _Compiled:
    """The text of a query, and how its rows become models, as Django's `ModelIterable` makes them."""

    def __init__(self, rows: QuerySet[Any], placeholder: str | int) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, parameters = compiler.as_sql()
        if placeholder not in parameters:
            raise ValueError(f"the parameter is lost: {self.sql}")
        self._parameters = [(given, given == placeholder) for given in parameters]
        information: Any = compiler.klass_info
        select: Any = compiler.select
        fields = information["select_fields"]
        self._model = information["model"]
        self._span = slice(fields[0], fields[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._span]]
        populators: Any = get_related_populators
        self._related = populators(information, select, DEFAULT_DB_ALIAS)
        converters: Any = compiler.get_converters([column[0] for column in select])
        self._converters: Iterable[tuple[int, tuple[list[Converter], Any]]] = list(converters.items())

    def parameters_for(self, value: str | int) -> list[Any]:
        return [value if is_ours else given for given, is_ours in self._parameters]

    def model_of(self, row: Iterable[Any]) -> Any:
        values = list(row)
        for place, (converters, expression) in self._converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        model = self._model.from_db(DEFAULT_DB_ALIAS, self._names, values[self._span])
        for populator in self._related:
            populator.populate(values, model)
        return model
