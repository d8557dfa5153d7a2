"""The intermediate representation.

    Module   = { name: Function }, entry
    Function = name, Block
    Block    = params: Value*, ops: Op*, results: Atom*          ops in topological order
    Op       = Primitive, operands: Atom*, attrs, results: Value*, blocks: Block*, loc, sweep
    Atom     = Value | Const | Undefined
    Value    = type, name, loc                                   defined once, read in its block and the blocks inside
    Type     = Scalar(kind) | Array(dtype, shape) | Shape(dims) | Tape | Nothing | Handle(class) | Opaque(class, ...)
    Dim      = int | Sym(name, may_be_one)

An `Op` with blocks is a region: `if` (see `pullback.ir.regions`). `call` names a function of the module. An op without
results is there for its effect (`pullback.ir.effects`).
"""
