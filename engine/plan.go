package engine

import "time"

// Plan is what the request for a workflow would do, if all went well.
type Plan struct {
	Workflow string     `json:"workflow"`
	Action   PlanAction `json:"action"`
	Run      int        `json:"run"`               // that it leads to
	Reason   Reason     `json:"reason,omitempty"`  // of a new run
	Changes  []Change   `json:"changes,omitempty"` // of the workflow itself
	Steps    []PlanStep `json:"steps"`             // in order
	Kept     []string   `json:"kept,omitempty"`    // units that go on as they are
}

// PlanAction sums up a plan.
type PlanAction string

// Plan actions.
const (
	PlanNone   PlanAction = "none"   // it runs as declared
	PlanStart  PlanAction = "start"  // a run begins
	PlanUpdate PlanAction = "update" // some services are replaced, the run goes on
	PlanRenew  PlanAction = "renew"  // the run ends and a new one begins
	PlanRemove PlanAction = "remove" // what runs ends, and the workflow is removed
)

// PlanStep is what is done with one unit.
type PlanStep struct {
	Turn    int      `json:"turn"` // those with the same number go together
	Do      PlanVerb `json:"do"`
	Unit    string   `json:"unit"`
	Role    string   `json:"role"`
	Why     string   `json:"why,omitempty"`
	Changes []Change `json:"changes,omitempty"` // of its declaration
	// Image, Pull and Secrets are of a start. Pull is PullMissing or
	// PullAlways if the image has to be pulled.
	Image   string   `json:"image,omitempty"`
	Pull    string   `json:"pull,omitempty"`
	Secrets []string `json:"secrets,omitempty"`
}

// PlanVerb is what is done with a unit.
type PlanVerb string

// Plan verbs.
const (
	PlanVerbStart PlanVerb = "start"
	PlanVerbStop  PlanVerb = "stop"
	PlanVerbSkip  PlanVerb = "skip"
)

// PlanOf says what events lead to, with the run as it is; the last of them
// asks for spec. needless says why an init step need not run, "" if it does.
func PlanOf(r Run, spec Workflow, needless func(UnitSpec) Reason, at time.Time, first ...Event) Plan {
	p := &planner{
		plan: Plan{Workflow: spec.Name, Steps: []PlanStep{}}, old: r, spec: spec,
		touched: map[string]bool{},
	}
	asked := RunRequested{At: at, Spec: spec, Reason: ReasonUp}
	l := &ideal{run: r, now: at, needless: needless, queue: append(first, asked), ending: map[Ref]bool{}}
	l.live(p.see)
	p.plan.Run = l.run.Number
	p.plan.Action = p.action()
	if r.Live() {
		p.plan.Changes = r.Spec.Changes(spec)
	}
	for i, u := range l.run.Spec.Units {
		if l.run.Units[i].Phase.Live() && !p.touched[u.Name] {
			p.plan.Kept = append(p.plan.Kept, u.Name)
		}
	}
	return p.plan
}

// RemovalOf says what ends with a workflow that is not declared any more, after
// the events that come first.
func RemovalOf(r Run, at time.Time, first ...Event) Plan {
	p := &planner{plan: Plan{Workflow: r.Spec.Name, Steps: []PlanStep{}}, old: r, touched: map[string]bool{}}
	l := &ideal{
		run: r, now: at, needless: func(UnitSpec) Reason { return "" }, ending: map[Ref]bool{},
		queue: append(first, StopRequested{At: at, Reason: ReasonNotDeclared}),
	}
	l.live(p.see)
	p.plan.Run, p.plan.Action = l.run.Number, PlanRemove
	return p.plan
}

// planner makes a plan of the actions of an ideal life.
type planner struct {
	plan    Plan
	old     Run
	spec    Workflow
	event   int // of the last step
	touched map[string]bool
}

func (p *planner) action() PlanAction {
	switch {
	case p.plan.Reason != "" && p.old.Live():
		return PlanRenew
	case p.plan.Reason != "":
		return PlanStart
	case len(p.plan.Steps) > 0:
		return PlanUpdate
	}
	return PlanNone
}

func (p *planner) see(event int, a Action) {
	switch a := a.(type) {
	case Start:
		p.step(event, PlanStep{Do: PlanVerbStart}, a.Ref)
	case Notice:
		p.notice(event, a)
	default:
	}
}

func (p *planner) notice(event int, n Notice) {
	switch n.Type { //nolint:exhaustive // the others change no unit
	case TypeRunStarted:
		p.plan.Reason = n.Reason
	case TypeUnitStopping:
		p.stop(event, n.Ref)
	case TypeUnitSkipped:
		p.unstart(n.Ref)
		p.step(event, PlanStep{Do: PlanVerbSkip, Why: string(n.Reason)}, n.Ref)
	}
}

// unstart takes back the start of a step that turned out to be needless.
func (p *planner) unstart(ref Ref) {
	if last := len(p.plan.Steps) - 1; last >= 0 && p.plan.Steps[last].Unit == ref.Name && p.plan.Steps[last].Do == PlanVerbStart {
		p.plan.Steps = p.plan.Steps[:last]
	}
}

func (p *planner) step(event int, s PlanStep, ref Ref) {
	p.touched[ref.Name] = true
	s.Unit, s.Role = ref.Name, ref.Kind.String()
	s.Turn = 1
	if n := len(p.plan.Steps); n > 0 {
		last := p.plan.Steps[n-1]
		s.Turn = last.Turn
		if event != p.event || last.Do == PlanVerbSkip {
			s.Turn++
		}
	}
	p.event = event
	if i := p.spec.Index(ref.Name); i >= 0 && s.Do == PlanVerbStart {
		p.fill(&s, p.spec.Units[i])
	}
	p.plan.Steps = append(p.plan.Steps, s)
}

func (p *planner) stop(event int, ref Ref) {
	s := PlanStep{Do: PlanVerbStop}
	if p.spec.Index(ref.Name) < 0 {
		s.Why = notDeclared
	}
	p.step(event, s, ref)
}

// fill says what a unit is started with.
func (p *planner) fill(s *PlanStep, u UnitSpec) {
	s.Image = u.Container.Image
	for _, use := range u.Secrets {
		s.Secrets = append(s.Secrets, use.Name)
	}
	if p.old.Number == 0 {
		return
	}
	old := p.old.Target()
	if i := old.Index(u.Name); i >= 0 {
		s.Changes = old.Units[i].Changes(u)
		return
	}
	s.Why = "new"
}
