package podman

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	nettypes "go.podman.io/common/libnetwork/types"
	"golang.org/x/sys/unix"
)

// keepBridge has the bridge of a network keep the hardware address that it has.
// Without that (netavark before 1.9, containers/netavark#833) it changes when
// containers come and go, and for up to a minute the others send what is for
// the name server and for the world outside to an address that is gone. Where
// the bridge cannot be seen or changed that stays so.
func (r *Runtime) keepBridge(ctx context.Context, network string) {
	if network == "" || !r.samePIDs {
		return
	}
	var n nettypes.Network
	err := r.get(ctx, "/networks/"+url.PathEscape(network)+"/json", nil, &n)
	if err == nil {
		err = keepHardwareAddr(n.NetworkInterface)
	}
	if err != nil {
		r.log.Debug().Err(err).Str("network", network).Msg("keep the address of the bridge")
	}
}

// keepHardwareAddr sets the address of an interface to what it is: one that
// was set does not change by itself.
func keepHardwareAddr(name string) error {
	link, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("open netlink: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, setHardwareAddr(link.Index, link.HardwareAddr), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("set the address of %s: %w", name, err)
	}
	answer := make([]byte, unix.Getpagesize())
	read, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil {
		return fmt.Errorf("set the address of %s: %w", name, err)
	}
	return answered(answer[:read])
}

// setHardwareAddr is the request to the kernel to set the address of an
// interface, and to say how that went.
func setHardwareAddr(index int, addr net.HardwareAddr) []byte {
	order := binary.NativeEndian
	attr := order.AppendUint16(nil, uint16(unix.SizeofRtAttr+len(addr)))
	attr = order.AppendUint16(attr, unix.IFLA_ADDRESS)
	attr = append(attr, addr...)
	for len(attr)%unix.NLMSG_ALIGNTO != 0 {
		attr = append(attr, 0)
	}
	info := make([]byte, unix.SizeofIfInfomsg)
	order.PutUint32(info[4:], uint32(index))
	header := order.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(info)+len(attr)))
	header = order.AppendUint16(header, unix.RTM_NEWLINK)
	header = order.AppendUint16(header, unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	header = append(header, make([]byte, unix.SizeofNlMsghdr-len(header))...) // sequence and port
	return slices.Concat(header, info, attr)
}

// answered reads how a request went.
func answered(answer []byte) error {
	if len(answer) < unix.SizeofNlMsghdr+4 || binary.NativeEndian.Uint16(answer[4:]) != unix.NLMSG_ERROR {
		return errors.New("unexpected answer of the kernel")
	}
	if errno := -int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); errno != 0 {
		return unix.Errno(errno)
	}
	return nil
}
