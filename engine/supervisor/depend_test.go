package supervisor

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/control"
	"github.com/limber-run/limber/engine/journal"
	"github.com/limber-run/limber/runtime/fake"
)

// shopAndDB are two workflows of which one depends on the other.
func shopAndDB() (shop, db engine.Workflow) {
	db = workflow(unit(engine.Init, "prepare", "sleep", "3s"), unit(engine.Service, "server", "pause"))
	db.Name = "db"
	shop = workflow(unit(engine.Service, "api", "pause"))
	shop.Name, shop.DependsOn = "shop", []string{"db"}
	return shop, db
}

// indexOf is the number of an event of a workflow in the journal, or -1.
func (b *bench) indexOf(workflow, want string) int64 {
	b.t.Helper()
	found := int64(-1)
	err := journal.Read(b.state, 0, func(ev journal.Event) error {
		if ev.Workflow == workflow && found < 0 && strings.HasPrefix(line(ev), want) {
			found = ev.Seq
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

func TestAWorkflowWaitsForThoseItDependsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		shop, db := shopAndDB()
		b.apply(shop, db)
		time.Sleep(time.Second)
		status, err := b.project.Status(t.Context())
		if err != nil || status.Workflows[0].Message != "waits for db" || status.Workflows[0].Status != "Pending" {
			t.Errorf("while it waits: %+v, %v", status.Workflows[0], err)
		}
		b.reopen() // a supervisor that takes over goes on waiting
		b.until(0, "unit.ready api#1")
		if ready, started := b.indexOf("db", "workflow.ready"), b.indexOf("shop", "unit.started api#1"); ready < 0 || started < ready {
			t.Errorf("db was ready at event %d, api started at %d", ready, started)
		}

		// It goes on whatever becomes of db, and ends before it.
		b.rt.Kill("p.db.server.1.1", 1)
		b.until(0, "unit.started server#2")
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		if gone, asked := b.indexOf("shop", "workflow.succeeded"), b.indexOf("db", "unit.stopping server#2"); gone < 0 || asked < gone {
			t.Errorf("shop ended at event %d, db was asked at %d", gone, asked)
		}
	})
}

func TestAStoppedWorkflowDoesNotWaitToBeKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.rt.Script(fake.Labelled(LabelUnit, "api"), fake.Behaviour{For: fake.Forever, OnSignal: &fake.Reaction{Ignore: true}})
		shop, db := shopAndDB()
		b.apply(shop, db)
		b.until(0, "unit.ready api#1")
		if err := b.project.Stop(t.Context(), control.StopRequest{}); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := b.project.Stop(t.Context(), control.StopRequest{Force: true}); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		if took := time.Since(begun); took != 0 {
			t.Errorf("a forced stop took %s", took)
		}
	})
}

func TestAWorkflowFailsWithTheOneItDependsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		shop, db := shopAndDB()
		db.Units[0].Container.Command = []string{"false"}
		db.Units[0].Restart.Attempts = 1
		b.apply(shop, db)
		failed := b.until(0, "workflow.failed DependencyFailed")
		if failed.Workflow != "shop" || !strings.Contains(failed.Message, `workflow "db"`) {
			t.Errorf("%+v", failed)
		}
		<-b.ended

		// Once that is mended both begin anew.
		b.rt = b.rt.Reconnect()
		b.open()
		db.Units[0].Container.Command = []string{"true"}
		b.apply(shop, db)
		b.until(0, "unit.ready api#1@2")
		b.down()
	})
}

// TestAfterABootTheOrderIsKept reboots a host on which both run.
func TestAfterABootTheOrderIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		shop, db := shopAndDB()
		b.apply(shop, db)
		b.until(0, "unit.ready api#1")
		b.crash()
		<-b.ended
		b.rt.Reboot()
		b.boot = "another"
		b.rt = b.rt.Reconnect()
		b.open()
		b.until(0, "unit.ready api#1@2")
		if ready, started := b.indexOf("db", "workflow.ready@2"), b.indexOf("shop", "unit.started api#1@2"); ready < 0 || started < ready {
			t.Errorf("db was ready at event %d, api started at %d", ready, started)
		}
		b.down()
	})
}
