"""The constructs of docs/language.md: each by a program of the corpus, and a piece of the line that shows it."""

from __future__ import annotations

from dataclasses import dataclass

FIRST, SECOND = "0.1.0", "0.2.0"


@dataclass(frozen=True)
class Construct:
    """A row of the table: `program` is theme.function; the example is the line of it that contains `shows`."""

    title: str
    program: str
    shows: str
    since: str = FIRST


CONTROL = [
    Construct("`if`, `elif`, `else` on values", "branches.huber", "if "),
    Construct("a conditional expression", "branches.ternary", " if "),
    Construct("`and`, `or`, `not`, with short circuit", "branches.short_circuit_guards_a_division", " and "),
    Construct("a chained comparison", "branches.chained_comparison", " < x <"),
    Construct("an early `return`", "early_returns.several", "return"),
    Construct("a branch on a string", "branches.a_string_selects", "if "),
    Construct("a branch on the shape or rank", "branches.a_branch_on_the_rank", "ndim"),
    Construct("an assignment expression", "comprehensions.a_walrus", ":="),
    Construct("`for` over a range, of any step", "loops.range_by_steps", "for ", SECOND),
    Construct("`for` over the rows of an array", "loops.rows_of_a_matrix", "for ", SECOND),
    Construct("`zip` and `enumerate` of arrays", "loops.zip_with_enumerate", "for ", SECOND),
    Construct("`reversed` of an array", "loops.reversed_array", "for ", SECOND),
    Construct("`for` over a list, a dict, a tuple", "static_loops.a_list_of_layers", "for "),
    Construct("`zip` of a list with an array", "iteration.a_list_parameter_beside_an_array", "for ", SECOND),
    Construct("`np.ndindex`, `np.ndenumerate`", "iteration.all_indices_with_elements", "for ", SECOND),
    Construct("`itertools.product` of ranges and arrays", "iteration.a_product_of_ranges", "for ", SECOND),
    Construct("`itertools` on structures", "iteration.itertools_of_structures", "combinations", SECOND),
    Construct("`break`", "loops.break_where_the_sum_is_enough", "break", SECOND),
    Construct("`continue`", "loops.continue_where_it_is_negative", "continue", SECOND),
    Construct("`else` of a loop", "loops.else_of_a_loop_that_may_break", "else", SECOND),
    Construct("`return` from nested loops", "loops.return_from_a_nested_loop", "return", SECOND),
    Construct("`while` to a tolerance", "while_loops.newton_to_a_tolerance", "while ", SECOND),
    Construct("loops in loops that break", "while_loops.while_in_while_with_breaks", "while ", SECOND),
    Construct("an int that becomes a float", "loops.an_int_that_becomes_a_float", "+=", SECOND),
    Construct("`raise` under a condition", "effects.checked_arguments", "raise ", SECOND),
    Construct("`raise ... from ...`, exceptions of the user's own", "effects.exceptions_of_the_users", "from ", SECOND),
    Construct("`raise` in a loop, and after it", "effects.no_convergence", "raise ", SECOND),
    Construct("`assert` of a value", "effects.assertions", "assert ", SECOND),
    Construct("`print`", "effects.prints_in_a_loop", "print(", SECOND),
    Construct("logging", "effects.logs", "logger.info", SECOND),
    Construct("`warnings.warn`", "effects.warns", "warnings.warn", SECOND),
    Construct("texts of values: f-strings, `%`, `format`", "effects.formats", "{y:{n}.1f}", SECOND),
    Construct("draws of a generator that is passed", "random_draws.reparametrised_normal", "rng.normal", SECOND),
    Construct("draws in a loop", "random_draws.euler_maruyama", "rng.standard_normal", SECOND),
    Construct("a generator made with a seed", "random_draws.made_with_a_seed", "default_rng", SECOND),
    Construct("functions of `np.random`", "random_draws.functions_of_np_random", "np.random.randn", SECOND),
    Construct("minibatches by `rng.choice`", "random_draws.minibatches", "rng.choice", SECOND),
    Construct("`try`, for an exception that is certain", "exceptions.a_missing_key", "except ", SECOND),
    Construct("`finally`", "exceptions.finally_after_return", "finally", SECOND),
    Construct("`with np.errstate(...)`", "exceptions.ignored_warnings", "with ", SECOND),
    Construct("`with` a manager of the user's own", "exceptions.two_managers", "with ", SECOND),
    Construct("a loop over a generator", "generators.a_loop_over_a_generator", "for ", SECOND),
    Construct("`nonlocal`", "nonlocal_variables.accumulated_in_a_helper", "nonlocal ", SECOND),
    Construct("`zip(..., strict=True)` of arrays", "effects.strict_zip", "strict=True", SECOND),
    Construct("a name that one branch binds", "absent.bound_and_read_under_one_flag", "y * y", SECOND),
    Construct("a name that a loop binds first", "absent.the_last_of_an_array", "last = ", SECOND),
    Construct("`None` until something is found", "absent.the_largest", "is None or", SECOND),
    Construct("`None` from a function", "absent.a_search_that_returns_none", "is None", SECOND),
    Construct("`match` on structure", "matching.sequences", "*middle", SECOND),
    Construct("`match` on numbers, with guards", "matching.guards", "case v if", SECOND),
]
MUTATION = [
    Construct("an element is assigned", "mutation.an_element", "] = ", SECOND),
    Construct("an element is added to", "mutation.an_element_added_to", "] +=", SECOND),
    Construct("a slice is assigned", "mutation.a_slice", "] = ", SECOND),
    Construct("source and destination overlap", "mutation.overlapping_source_and_destination", "] = ", SECOND),
    Construct("a mask is assigned", "mutation.a_mask", "] ", SECOND),
    Construct("index arrays, the last one wins", "mutation.fancy_indices_twice_the_last_one_wins", "] = ", SECOND),
    Construct("index arrays, `+=` adds once", "mutation.fancy_indices_twice_add_once", "+=", SECOND),
    Construct("`np.add.at`", "mutation.add_at_adds_every_time", "np.add.at", SECOND),
    Construct("a whole array in place", "mutation.whole_arrays_in_place", "=", SECOND),
    Construct("`out=`", "mutation.out_of_ufuncs", "out=", SECOND),
    Construct("`np.copyto`, `.fill()`", "mutation.copyto_and_fill", "copyto", SECOND),
    Construct("a write through an alias", "mutation.an_alias_sees_the_write", "= ", SECOND),
    Construct("a write through a view", "views.write_through_a_slice", "] =", SECOND),
    Construct("a write through the transpose", "views.write_through_the_transpose", ".T", SECOND),
    Construct("rows of a `for` are views", "views.rows_of_a_for_are_views", "for ", SECOND),
    Construct("a callee that mutates", "mutation.callees_that_mutate", "(", SECOND),
    Construct("an array held in a list or dict", "mutation.through_a_dict", "p[", SECOND),
    Construct("buffers that change places", "loops.arrays_that_change_places", ", ", SECOND),
    Construct("an argument that is mutated stays as it was", "robotics.inverse_kinematics", "q +=", SECOND),
]
FUNCTIONS = [
    Construct("positional, keyword, default arguments", "calls.positional_keyword_default", "return"),
    Construct("`*args`", "calls.star_arguments", "*"),
    Construct("`f(x, **params)`", "object_parameters.stars_on_both_sides", "**options", SECOND),
    Construct("positional-only arguments", "calls.positional_only", "posonly("),
    Construct("a local function, a closure", "closures.captures_a_parameter", "return"),
    Construct("late binding", "closures.late_binding", "="),
    Construct("`lambda`", "calls.a_lambda", "lambda"),
    Construct("functions as arguments and results", "calls.higher_order", "("),
    Construct("`functools.partial`", "calls.a_partial", "partial("),
    Construct("`map`, `filter`, `zip`", "comprehensions.map_filter_zip", "map("),
    Construct("`functools.reduce`, of an array too", "iteration.a_fold_with_a_start", "reduce(", SECOND),
    Construct("`max`, `min` with a key", "iteration.the_nearest", "key=", SECOND),
    Construct("`operator.itemgetter`", "iteration.items_by_their_places", "itemgetter", SECOND),
    Construct("decorators", "calls.a_decorated_helper", "(", FIRST),
    Construct("recursion", "recursion.over_a_tree", "("),
    Construct("mutual recursion", "recursion.mutual", "("),
    Construct("a call for its effect", "calls.a_call_for_its_effect", "accumulate("),
    Construct("results through a dict argument", "engineering.results_in_a_dict", "out)", SECOND),
    Construct("module-level numbers and arrays", "finance.sharpe_ratio", "TRADING_DAYS", SECOND),
    Construct("`float()`, `.item()`", "finance.vasicek_bond", ".item()", SECOND),
    Construct("`math` on active numbers", "scalars_and_math.math_functions", "math."),
]
OBJECTS = [
    Construct("a dataclass as parameter", "objects.a_dataclass_parameter", "config."),
    Construct('the attributes of an object (`wrt="self"`)', "object_parameters.loss", "self.", SECOND),
    Construct("a cache on self", "object_parameters.a_call_made_for_its_effect", "cache", SECOND),
    Construct("a list of layer objects", "objects.a_list_of_objects", "for "),
    Construct("objects made inside", "objects.objects_made_inside", "Vec("),
    Construct("operators of a class", "objects.operators", "c = "),
    Construct("`__call__`", "objects.a_kernel_object", "Kernel("),
    Construct("`__len__`, `__getitem__`, `__iter__`", "object_parameters.the_protocol_of_sequences", "for ", SECOND),
    Construct("properties and setters", "objects.a_property_with_a_setter", "s.stiffness ="),
    Construct("inheritance, `super()`", "objects.layers_made_inside", "Linear("),
    Construct("class and static methods", "robotics.attitude_error", "from_axis_angle", SECOND),
    Construct("`Enum`", "object_parameters.members_of_an_enum_by_value_and_by_name", "Mode(name)", SECOND),
    Construct("`NamedTuple`, `namedtuple`", "object_parameters.named_tuples", "_replace", SECOND),
    Construct("`__slots__`", "object_parameters.slots_of_a_parameter", "s.gain =", SECOND),
    Construct("`default_factory`", "object_parameters.default_factories_are_called_each_time", "Bag()", SECOND),
    Construct("`__post_init__`, `InitVar`", "object_parameters.arguments_of_post_init", "Scaled(", SECOND),
    Construct("`copy.deepcopy`", "object_parameters.copies_of_objects", "deepcopy(model)", SECOND),
    Construct("`dataclasses.asdict`", "object_parameters.a_dataclass_as_a_dict", "asdict(", SECOND),
    Construct("`dataclasses.replace`", "objects.replace_of_a_dataclass", "replace("),
    Construct("objects carried through a loop", "object_parameters.objects_carried_through_a_loop", "point =", SECOND),
    Construct("`isinstance`, `hasattr`, `getattr`", "objects.isinstance_of_objects", "isinstance"),
]
CONTAINERS = [
    Construct("a dict of parameters", "containers.a_dict_of_parameters", "params["),
    Construct("f-strings as keys", "containers.f_string_keys", 'f"'),
    Construct("nested structures", "containers.nested_structure", "p["),
    Construct("dict methods", "containers.dict_methods", "."),
    Construct("list methods", "containers.list_methods", ".append"),
    Construct("a comprehension over a list", "comprehensions.a_list_comprehension", " for "),
    Construct("a generator in `sum`", "comprehensions.a_generator_in_sum", "sum("),
    Construct("`np.array` of active numbers", "physics.ray_through_lenses", "np.array(", SECOND),
    Construct("starred unpacking", "unpacking.starred", "*"),
    Construct("unpacking of an array", "finance.nelson_siegel_fit", "= theta", SECOND),
    Construct("unpacking of a matrix into its rows", "iteration.rows_of_a_matrix_by_name", "= m", SECOND),
]

GROUPS = {
    "Control flow": CONTROL,
    "Mutation and aliasing": MUTATION,
    "Functions and calls": FUNCTIONS,
    "Objects": OBJECTS,
    "Containers": CONTAINERS,
}
