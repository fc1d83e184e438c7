package toolbox

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"

	"github.com/limber-run/limber/engine"
	"github.com/limber-run/limber/engine/prober"
)

// defaultPorts are those of the schemes that can be waited for.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// waitHTTP waits until a URL is answered as an http probe wants it: with a
// status from 200 to 399, whatever the certificate.
func waitHTTP(c *call) int {
	checker := prober.NewChecker(os.Getenv(versionVariable))
	return c.wait(func(address string) (string, func(context.Context) error, error) {
		get, shown, err := parseURL(address)
		if err != nil {
			return "", nil, err
		}
		look := func(ctx context.Context) error {
			if ok, detail := checker.HTTP(ctx, get, false); !ok {
				return errors.New(detail)
			}
			return nil
		}
		return shown, look, nil
	})
}

// parseURL returns what to get, and how to show it without its password.
func parseURL(address string) (get engine.HTTPGet, shown string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || defaultPorts[u.Scheme] == "" {
		return get, "", errors.New("the argument is no URL such as http://api:8080/healthz")
	}
	port := u.Port()
	if port == "" {
		port = defaultPorts[u.Scheme]
	}
	get = engine.HTTPGet{Scheme: u.Scheme, Host: u.Hostname(), Path: u.RequestURI()}
	if get.Port, err = strconv.Atoi(port); err != nil {
		return get, "", fmt.Errorf("%q is no port", port)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		login := base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password))
		get.Headers = map[string]string{"Authorization": "Basic " + login}
	}
	return get, u.Redacted(), nil
}
