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

variable "webhook_secret" {
  description = "A long random string: openssl rand -base64 32"
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "integrator_webhook_secret" "example" {
  secret_wo         = var.webhook_secret
  secret_wo_version = 1 # raise it when the secret has changed
}
