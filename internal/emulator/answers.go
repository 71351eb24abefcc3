// Copyright (c) The terraform-provider-integrator authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"net/http"
)

// Problem is a fault that answers with a problem document, with any more
// members than the four that every one has.
func Problem(status int, problemType, title, detail string, more ...map[string]any) Fault {
	return Fault{
		Status:      status,
		ContentType: problemMediaType,
		Body:        string(problemDocument(status, problemType, title, detail, more...)),
	}
}

// TooManyRequests is a fault that answers as a throttling gateway does: 429, no
// body, and Retry-After unless it is "".
func TooManyRequests(retryAfter string) Fault {
	fault := Fault{Status: http.StatusTooManyRequests}
	if retryAfter != "" {
		fault.Header = http.Header{"Retry-After": {retryAfter}}
	}
	return fault
}

// Redirect is a fault that answers with a 307, which asks for the same method
// and body at the new location.
func Redirect(location string) Fault {
	return Fault{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {location}}}
}

// HTML is a fault that answers with a page, as a gateway does that got no good
// answer from the API.
func HTML(status int) Fault {
	return Fault{
		Status:      status,
		ContentType: "text/html",
		Body:        fmt.Sprintf("<html><body><h1>%d %s</h1></body></html>\n", status, http.StatusText(status)),
	}
}
