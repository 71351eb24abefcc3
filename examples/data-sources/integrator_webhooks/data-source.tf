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

data "integrator_webhooks" "example" {}

output "disabled_webhooks" {
  value = [for webhook in data.integrator_webhooks.example.webhooks : webhook.url if webhook.disabled]
}
