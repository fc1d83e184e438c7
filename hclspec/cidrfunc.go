package hclspec

import (
	"errors"
	"fmt"
	"math/big"
	"net"

	"github.com/apparentlymart/go-cidr/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/gocty"
)

var (
	prefixParam = function.Parameter{Name: "prefix", Type: cty.String}
	errPrefix   = errors.New("a range of addresses such as \"10.0.0.0/16\" is required")
)

func parsePrefix(text string) (*net.IPNet, error) {
	_, network, err := net.ParseCIDR(text)
	if err != nil {
		return nil, errPrefix
	}
	return network, nil
}

// cidrHostFunc returns an address of a range, counted from its end if the
// number is negative.
var cidrHostFunc = function.New(&function.Spec{
	Params: []function.Parameter{prefixParam, {Name: "host", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		network, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		var n *big.Int
		if err := gocty.FromCtyValue(args[1], &n); err != nil {
			return cty.NilVal, function.NewArgErrorf(1, "a whole number is required")
		}
		address, err := cidr.HostBig(network, n)
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(1, "there are fewer addresses in %s", network)
		}
		return cty.StringVal(address.String()), nil
	},
})

// netmask returns the mask of an IPv4 range.
func netmask(prefix string) (string, error) {
	network, err := parsePrefix(prefix)
	switch {
	case err != nil:
		return "", err
	case network.IP.To4() == nil:
		return "", errors.New("only ranges of IPv4 addresses have a netmask")
	}
	return net.IP(network.Mask).String(), nil
}

// cidrSubnetFunc returns a part of a range by its number.
var cidrSubnetFunc = function.New(&function.Spec{
	Params: []function.Parameter{prefixParam, {Name: "newbits", Type: cty.Number}, {Name: "netnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		network, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		var bits int
		if err := gocty.FromCtyValue(args[1], &bits); err != nil || bits < 0 {
			return cty.NilVal, function.NewArgErrorf(1, "a whole number of at least 0 is required")
		}
		var n *big.Int
		if err := gocty.FromCtyValue(args[2], &n); err != nil || n.Sign() < 0 {
			return cty.NilVal, function.NewArgErrorf(2, "a whole number of at least 0 is required")
		}
		part, err := cidr.SubnetBig(network, bits, n)
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s has no such part", network)
		}
		return cty.StringVal(part.String()), nil
	},
})

// cidrSubnetsFunc returns parts of a range that follow each other, each with
// its number of further bits.
var cidrSubnetsFunc = function.New(&function.Spec{
	Params:   []function.Parameter{prefixParam},
	VarParam: &function.Parameter{Name: "newbits", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.String)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		network, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		if len(args) == 1 {
			return cty.ListValEmpty(cty.String), nil
		}
		own, most := network.Mask.Size()
		var parts []cty.Value
		var last *net.IPNet
		for i, arg := range args[1:] {
			var bits int
			if err := gocty.FromCtyValue(arg, &bits); err != nil || bits < 1 || bits > most-own {
				return cty.NilVal, function.NewArgErrorf(i+1, "a whole number from 1 to %d is required", most-own)
			}
			part, err := nextPart(network, last, own+bits)
			if err != nil {
				return cty.NilVal, function.NewArgError(i+1, err)
			}
			parts, last = append(parts, cty.StringVal(part.String())), part
		}
		return cty.ListVal(parts), nil
	},
})

// nextPart returns the part of a network with a prefix of so many bits that
// follows the last one.
func nextPart(network, last *net.IPNet, bits int) (*net.IPNet, error) {
	if last == nil {
		own, _ := network.Mask.Size()
		return cidr.Subnet(network, bits-own, 0)
	}
	part, rollover := cidr.NextSubnet(last, bits)
	if rollover || !network.Contains(part.IP) {
		return nil, fmt.Errorf("there is no room left for it in %s", network)
	}
	return part, nil
}

// cidrContainsFunc reports whether a range holds an address, or all of another
// range.
var cidrContainsFunc = function.New(&function.Spec{
	Params: []function.Parameter{prefixParam, {Name: "address", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		network, err := parsePrefix(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		if address := net.ParseIP(args[1].AsString()); address != nil {
			return cty.BoolVal(network.Contains(address)), nil
		}
		part, err := parsePrefix(args[1].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(1, "an address or a range of addresses is required")
		}
		first, last := cidr.AddressRange(part)
		return cty.BoolVal(network.Contains(first) && network.Contains(last)), nil
	},
})
