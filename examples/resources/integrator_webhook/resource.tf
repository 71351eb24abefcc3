terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {
  environment = "sandbox"
}

resource "integrator_webhook" "example" {
  url    = "https://example.com/webhooks"
  events = ["payment.completed", "payment.refunded"]
}
