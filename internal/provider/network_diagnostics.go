// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"

	"github.com/integrator/terraform-provider-integrator/internal/client"
)

// unreachable says what to do about a request that was never sent.
func unreachable(failed *client.TransportError, api *client.Client) string {
	if proxy, ok := errors.AsType[*client.ProxyError](failed.Err); ok {
		return proxyRefused(proxy, api)
	}
	if bad, ok := errors.AsType[*client.ProxyVariableError](failed.Err); ok {
		return fmt.Sprintf("So that nothing goes past the proxy, nothing was sent. Write %s as http://<proxy>:<port> or http://<user>:<password>@<proxy>:<port>, with special characters of the user and password percent-encoded; or unset it if there is no proxy.", bad.Variable)
	}
	switch noTLS, ofProxy := failed.NoTLS(); {
	case noTLS && ofProxy:
		return "The proxy does not speak TLS. Write http:// instead of https:// into HTTPS_PROXY: that is how the proxy itself is spoken to, and what goes to the API through it is encrypted all the same."
	case noTLS:
		return fmt.Sprintf("What listens at %s does not speak TLS. Check the port in endpoint (INTEGRATOR_ENDPOINT), and what lies between here and there.", api.Endpoint())
	case failed.BadCertificate():
		return fmt.Sprintf("This machine does not trust the certificate that it was shown for %s. If a proxy or a firewall here looks into TLS, add the certificate of its authority to the system's, or on Linux to the file that SSL_CERT_FILE names, which takes the place of the system's. "+
			"Otherwise check endpoint (INTEGRATOR_ENDPOINT) and that this machine's clock is right.", api.Endpoint())
	}
	return fmt.Sprintf("Check that %s can be reached from here: name resolution, firewall, proxy variables (HTTPS_PROXY, NO_PROXY) and certificates (SSL_CERT_FILE).", api.Endpoint())
}

func proxyRefused(proxy *client.ProxyError, api *client.Client) string {
	switch {
	case proxy.Login:
		return fmt.Sprintf("The proxy wants a user name and password, or refuses those that it was given. Set HTTPS_PROXY to http://<user>:<password>@%s, with special characters percent-encoded. "+
			"A proxy that wants NTLM or Kerberos needs a helper on this machine that logs in to it. It is not asked again by itself, since logins that fail can lock an account.", proxy.Proxy)
	case proxy.Status >= 500:
		return fmt.Sprintf("The proxy (HTTPS_PROXY) could not connect to %s. Check that it can reach that; or if no proxy is needed, add the host to NO_PROXY.", api.Endpoint())
	}
	return fmt.Sprintf("The proxy (HTTPS_PROXY) does not allow connections to %s. Ask those who run it to allow them; or if no proxy is needed, add the host to NO_PROXY.", api.Endpoint())
}
