// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"net/http"
)

// Problem returns a fault that answers with a problem document. It has the four
// members that each one has, and those that are given.
func Problem(status int, problemType, title, detail string, more ...map[string]any) Fault {
	return Fault{
		Status:      status,
		ContentType: problemMediaType,
		Body:        string(problemDocument(status, problemType, title, detail, more...)),
	}
}

// TooManyRequests returns a fault that answers like a gateway that limits requests:
// with 429, no body, and Retry-After unless it is "".
func TooManyRequests(retryAfter string) Fault {
	fault := Fault{Status: http.StatusTooManyRequests}
	if retryAfter != "" {
		fault.Header = http.Header{"Retry-After": {retryAfter}}
	}
	return fault
}

// Redirect returns a fault that answers with a 307. A client then sends the same
// method and body to the new location.
func Redirect(location string) Fault {
	return Fault{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {location}}}
}

// HTML returns a fault that answers with a page, like a gateway that cannot reach the
// API.
func HTML(status int) Fault {
	return Fault{
		Status:      status,
		ContentType: "text/html",
		Body:        fmt.Sprintf("<html><body><h1>%d %s</h1></body></html>\n", status, http.StatusText(status)),
	}
}
