"""An example as a script for PyTorch: weights set, one step by the chosen optimiser, asserted against the engine's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mlp_core import Decay, Optimiser, Quantity, Step, Update
from mlp_core.optimisers.decay import FORMS
from mlp_core.steps import Phase
from mlp_core.writing.python import Arrays

from ..example import Example
from ..i18n import using
from ..sheets.paper.layout import in_roles, parameter_of, role_of
from ..walk.updates import update_of
from ..worked import of_update
from ..worked.arrays import array_of, assigned, kinds_in, line, nested, place_of
from .notebook import text

SAME = """\
def same(name, value, engine):
    value, engine = torch.as_tensor(value).detach(), torch.tensor(engine)
    torch.testing.assert_close(value, engine, rtol=1e-9, atol=1e-12, msg=lambda told: f"{name}: {told}")
    print(name, value.tolist())"""
PENALTIES = ("penalty", "penalised")  # which torch adds to the gradient by itself
_ACTIVATIONS = {
    "identity": "{z}", "sigmoid": "torch.sigmoid({z})", "tanh": "torch.tanh({z})", "relu": "torch.relu({z})",
    "leaky_relu": "torch.nn.functional.leaky_relu({z}, {slope})", "softplus": "torch.nn.functional.softplus({z})",
    "softmax": "torch.softmax({z}, dim=0)",
}  # fmt: skip
_LOSSES = {
    "squared_error": "(({a} - y) ** 2).sum()",
    "half_squared_error": "(({a} - y) ** 2).sum() / 2",
    "mean_squared_error": "torch.nn.functional.mse_loss({a}, y)",
    "binary_cross_entropy": 'torch.nn.functional.binary_cross_entropy_with_logits({z}, y, reduction="sum")',
    "cross_entropy": "torch.nn.functional.cross_entropy({z}, y)",
}
"""What torch has for them; the last two take z and apply the activation themselves, which keeps digits."""


@dataclass(frozen=True)
class _Torch:
    """An optimiser of torch that makes the same step.

    call: with ``{parameters}`` to be filled in; state: what it remembers, by its key in torch our slot and what that is
    multiplied by; counts: whether it counts its steps; always: whether the state is set before the first step, too; remark:
    a section of the texts; decay: torch's weight_decay of the weights, None where it is not spoken of.
    """

    call: str
    state: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    counts: bool = True
    always: bool = False
    remark: str = ""
    decay: float | None = None


def _of_torch(chosen: Optimiser, decay: Decay | None = None) -> _Torch | None:
    """Torch's optimiser with the conventions of this one; None where it has none, or cannot be told to use them.

    decay: how weights decay beside it; beside the step torch lets them do so in AdamW alone, which is Adam then.
    """
    if decay:
        share = float(FORMS[decay.form].share)
        made = _of_torch(chosen)
        if made and share:
            return replace(made, decay=2 * share * decay.rate)
        if made and chosen.name == "Adam":
            return replace(made, call=made.call.replace("Adam", "AdamW", 1), decay=decay.rate)
        return None
    get = vars(chosen).get
    begin = f"{{parameters}}, lr={get('lr')!r}"
    match chosen.name:
        case "SGD":
            return _Torch(f"SGD({begin})")
        case "Momentum" if not get("momentum"):
            return _Torch(f"SGD({begin})")
        case "Momentum":
            form, nesterov = get("form", "lr_inside"), get("nesterov")
            call = f"SGD({begin}, momentum={get('momentum')!r}, nesterov={nesterov})"
            if form == "average":
                call = f"SGD({begin}, momentum={get('momentum')!r}, dampening={get('momentum')!r})"
                return None if nesterov else _Torch(call, {"momentum_buffer": ("v", "")}, False, True, "momentum_average")
            inside = form == "lr_inside"
            scale, remark = (f" / -{get('lr')!r}", "momentum_inside") if inside else ("", "")
            return _Torch(call, {"momentum_buffer": ("v", scale)}, False, False, remark)
        case "RMSprop":
            return _Torch(f"RMSprop({begin}, alpha={get('rho')!r}, eps={get('eps')!r})", {"square_avg": ("v", "")})
        case "Adam" if get("bias_correction") and not get("eps_inside_root") and not get("eps_uncorrected"):
            call = f"Adam({begin}, betas=({get('beta1')!r}, {get('beta2')!r}), eps={get('eps')!r})"
            return _Torch(call, {"exp_avg": ("m", ""), "exp_avg_sq": ("v", "")})
        case "AdamW":
            call = f"AdamW({begin}, betas=({get('beta1')!r}, {get('beta2')!r}), eps={get('eps')!r})"
            return _Torch(call, {"exp_avg": ("m", ""), "exp_avg_sq": ("v", "")}, decay=get("weight_decay"))
    return None


def script(example: Example) -> str:
    """The script in the example's language: Python that needs torch. NonFinite where the update overflows."""
    with using(example.view.language):
        update = update_of(example)
        return "\n".join(_Script(example, update).lines()) + "\n"


class _Script:
    """Its lines."""

    def __init__(self, example: Example, update: Update) -> None:
        self.example, self.update, self.worked = example, update, of_update(update, 0)
        self.layers = update.trace.network.layers
        self.parameters = {array_of(q): (q.kind, q.layer) for q in self.worked.given if q.parameter and q.given}
        self.listed = ", ".join(self.parameters)
        self.moving = [name for name, (kind, k) in self.parameters.items() if kind not in self.layers[k - 1].frozen]
        self.sequential = bool(getattr(update, "sequential", False))

    def lines(self) -> Iterator[str]:
        sizes = "-".join(map(str, self.example.sizes))
        about = text("pytorch", sizes=sizes, optimiser=self.example.settings.optimiser)
        yield from ('"""' + about, '"""', "", "import torch", "", "torch.set_default_dtype(torch.float64)", "")
        yield from self.given()
        yield from ("", "")
        yield from self.forward()
        yield from ("", "", *SAME.splitlines(), "", "")
        yield from self.gradients()
        if self.moving:
            yield ""
            yield from self.step()

    def given(self) -> Iterator[str]:
        """Sample and parameters."""
        numbers = {q: repr(self.update[q]) for q in self.worked.given if q.given}
        for each in assigned(self.worked.given, numbers):
            name, _equals, array = each.partition(" = np.array")
            moves = ", requires_grad=True" if name in self.parameters else ""
            yield f"{name} = torch.tensor{array[:-1]}{moves})"

    def forward(self) -> Iterator[str]:
        """The pass as a function of the parameters, with torch's own activations and loss where it has them."""
        yield f"def passed({self.listed}):"
        groups = [group for group in kinds_in(self.worked, Phase.FORWARD, Phase.LOSS) if group[0].law not in PENALTIES]
        for group in groups:
            made = self.own(group[0]) or line(group, self.example.sizes)
            yield "    " + made.replace("np.array(", "torch.stack(").replace("np.", "torch.")
        self.activations = [array_of(group[0].target) for group in groups if group[0].target.kind == "a"]
        yield f"    return {', '.join(['C', *self.activations])}"

    def own(self, step: Step) -> str:
        """The line that torch has for an activation or a loss; empty where it has none."""
        case, k, last = step.rule.partition(".")[2], step.target.layer, len(self.layers)
        if step.target.sample and (step.law == "loss" or case == "softmax"):  # they are of one sample
            return ""
        if step.law == "activation" and case in _ACTIVATIONS:
            return f"a{k} = " + _ACTIVATIONS[case].format(z=f"z{k}", slope=getattr(self.layers[k - 1], "slope", 0.01))
        if step.law == "loss" and case in _LOSSES:
            return "C = " + _LOSSES[case].format(a=f"a{last}", z=f"z{last}")
        return ""

    def gradients(self) -> Iterator[str]:
        """One backward pass, and the assertions."""
        yield f"C, *activations = passed({self.listed})"
        yield "C.backward()"
        yield f'same("C", C, {self.update[Quantity("C")]!r})'
        found: dict[str, dict[tuple[int, ...], str]] = {}
        for target in (step.target for step in self.worked.steps):
            if target.kind == "a" or target.is_gradient:
                found.setdefault(array_of(target), {})[place_of(target)] = repr(self.update[target])
        for n, name in enumerate(self.activations):
            yield f'same("{name}", activations[{n}], {nested(found[name])})'
        for name in self.parameters:
            yield f'same("d{name}", {name}.grad, {nested(found["d" + name])})'

    def step(self) -> Iterator[str]:
        """One step by the optimiser: torch's own where its convention is ours, else its laws on tensors."""
        made = _of_torch(self.example.optimiser, self.example.settings.shrinking())
        if self.sequential:
            yield from _comment("pytorch_sequential")
        yield from self.by_torch(made) if made else self.by_law()
        yield "with torch.no_grad():"
        yield f'    print("C", float(C), "→", float(passed({self.listed})[0]))'
        for name in () if self.sequential else self.moving:
            yield f'same("{name}", {name}, {self.numbers("{}_new", name)})'

    def by_torch(self, made: _Torch) -> Iterator[str]:
        if made.remark:
            yield from _comment(made.remark)
        yield f"optimiser = torch.optim.{made.call.format(parameters=self.groups(made.decay))}"
        t = self.update.before.t
        for name in self.moving if made.state and (t or made.always) else ():
            kept = [f'"step": torch.tensor({float(t)})'] if made.counts else []
            for key, (slot, scale) in made.state.items():
                kept.append(f'"{key}": torch.tensor({self.numbers(slot + "_prev_{}", name)}){scale}')
            yield f"optimiser.state[{name}] = {{{', '.join(kept)}}}"
        yield "optimiser.step()"

    def groups(self, decay: float | None) -> str:
        """The parameters for torch; where weights decay, in two groups, as biases do not."""
        if decay is None:
            return f"[{', '.join(self.moving)}]"
        kinds: dict[str, list[str]] = {}
        for name in self.moving:
            kinds.setdefault(self.parameters[name][0], []).append(name)
        rates = {"W": decay}
        each = (f'{{"params": [{", ".join(own)}], "weight_decay": {rates.get(kind, 0.0)!r}}}' for kind, own in kinds.items())
        return f"[{', '.join(each)}]"

    def by_law(self) -> Iterator[str]:
        """The laws of an update, for each parameter in turn; where weights decay, first for them and then for the biases."""
        yield from _comment("pytorch_law", optimiser=self.example.settings.optimiser)
        loops: dict[tuple[str, ...], tuple[list[Step], list[str]]] = {}
        for name in self.moving:
            steps = self.laws_of(name)
            loops.setdefault(tuple(str(in_roles(step)) for step in steps), (steps, []))[1].append(name)
        roles = {role_of(q): q for steps, _names in loops.values() for step in steps for q in step.inputs}
        yield from (f"{role} = {self.update[q]!r}" for role, q in roles.items() if q.family == "setting")
        yield from ("", "", "def root(value):", "    return value ** 0.5", "", "")
        slots = [role for role in roles if role.endswith("_prev")]
        for steps, names in loops.values():
            yield from self.loop(steps, names, slots)

    def laws_of(self, name: str) -> list[Step]:
        """The Steps of the first parameter in an array."""
        kind, layer = self.parameters[name]
        steps = [s for s in self.worked.steps.phase(Phase.UPDATE) if s.target.layer == layer and s.target.parameter == kind]
        own = [step for step in steps if not step.target.again]
        return [step for step in own if parameter_of(step.target) == parameter_of(own[0].target)]

    def loop(self, steps: Sequence[Step], names: Sequence[str], slots: Sequence[str]) -> Iterator[str]:
        """The same laws for these arrays."""
        rows = []
        for name in names:
            kept = (f"torch.tensor({self.numbers(slot + '_{}', name)})" for slot in slots)
            rows.append(f"    ({', '.join([name, *kept])},),")
        yield from ("moving = [", *rows, "]", f"for {', '.join(['old', *slots])}, in moving:", "    g = old.grad")
        for step in steps[:-1]:
            code = str(Arrays().doprint(in_roles(step))).replace("np.sqrt", "root").replace("np.", "torch.")
            yield f"    {role_of(step.target)} = {code}"
        lost = " - decay" if any(q.slot == "decay" for q in steps[-1].inputs) else ""
        yield from ("    with torch.no_grad():", f"        old += step{lost}")

    def numbers(self, kind: str, name: str) -> str:
        """The numbers of a kind, ``{}`` for W or b, for the parameter of that array."""
        parameter, layer = self.parameters[name]
        every = [q for q in self.worked.given if (q.kind, q.layer) == (parameter, layer)]
        return nested({q.index: repr(self.update[q.beside(kind.format(parameter))]) for q in every})


def _comment(key: str, **parts: str) -> Iterator[str]:
    return (f"# {each}" for each in text(key, **parts).splitlines())
