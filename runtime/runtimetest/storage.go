package runtimetest

import (
	"errors"
	"slices"

	"github.com/limber-run/limber/runtime"
)

var storageTests = []test{
	{"a network can be made twice and is removed by label", testNetwork},
	{"networks with other labels stay", testNetworkOthers},
	{"a volume can be made twice and is removed by label", testVolume},
	{"volumes with other labels stay", testVolumeOthers},
	{"removing networks and volumes that are not there is no error", testStorageNone},
}

// attached is a container that uses a network. It cannot be prepared when
// the network is not there.
func (b *bench) attached(network string) runtime.Spec {
	spec := b.spec("true")
	spec.Network = runtime.Network{Mode: runtime.NetworkBridge, Name: network}
	return spec
}

func testNetwork(b *bench) {
	network := b.name()
	b.check(b.CreateNetwork(b.ctx, network, b.labels))
	b.check(b.CreateNetwork(b.ctx, network, b.labels))
	id, exit := b.run(b.attached(network))
	b.wantCode(exit, 0)
	b.check(b.Remove(b.ctx, id))
	b.check(b.RemoveNetworks(b.ctx, b.labels))
	if _, err := b.Prepare(b.ctx, b.attached(network)); err == nil {
		b.Fatal("the network is still there")
	}
}

func testNetworkOthers(b *bench) {
	network, others := b.name(), map[string]string{"limber.test": b.prefix + "-other"}
	b.check(b.CreateNetwork(b.ctx, network, others))
	b.check(b.RemoveNetworks(b.ctx, b.labels))
	id := b.prepare(b.attached(network))
	b.check(errors.Join(b.Remove(b.ctx, id), b.RemoveNetworks(b.ctx, others)))
}

// mounting is a container that mounts a volume.
func (b *bench) mounting(volume string) runtime.Spec {
	spec := b.spec("true")
	spec.Mounts = []runtime.Mount{{Kind: runtime.MountVolume, Source: volume, Target: "/data"}}
	return spec
}

func testVolume(b *bench) {
	for _, tmpfs := range []bool{false, true} {
		volume := runtime.VolumeSpec{Name: b.name(), Labels: b.labels, Tmpfs: tmpfs}
		b.check(b.CreateVolume(b.ctx, volume))
		b.check(b.CreateVolume(b.ctx, volume))
		id, exit := b.run(b.mounting(volume.Name))
		b.wantCode(exit, 0)
		b.check(b.Remove(b.ctx, id))
		b.removeVolumes(b.labels, volume.Name)
		if _, err := b.Prepare(b.ctx, b.mounting(volume.Name)); err == nil {
			b.Fatal("the volume is still there, or was made again by whom nobody asked")
		}
	}
}

func testVolumeOthers(b *bench) {
	volume := runtime.VolumeSpec{Name: b.name(), Labels: map[string]string{"limber.test": b.prefix + "-other"}}
	b.check(b.CreateVolume(b.ctx, volume))
	b.removeVolumes(b.labels)
	id := b.prepare(b.mounting(volume.Name))
	b.check(b.Remove(b.ctx, id))
	b.removeVolumes(volume.Labels, volume.Name)
}

func testStorageNone(b *bench) {
	b.check(b.RemoveNetworks(b.ctx, b.labels))
	b.removeVolumes(b.labels)
}

// removeVolumes removes the volumes with labels, which must be those.
func (b *bench) removeVolumes(labels map[string]string, want ...string) {
	b.Helper()
	removed, err := b.RemoveVolumes(b.ctx, labels)
	b.check(err)
	if !slices.Equal(removed, want) {
		b.Errorf("removed %v, want %v", removed, want)
	}
}
