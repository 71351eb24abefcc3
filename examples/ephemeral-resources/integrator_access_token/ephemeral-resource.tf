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

variable "user_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

ephemeral "integrator_access_token" "example" {
  user_api_key = var.user_api_key
  expires_in   = 300
}

# To be used where Terraform stores nothing: in a provider block, or in a
# write-only argument.
locals {
  authorization = "Bearer ${ephemeral.integrator_access_token.example.access_token}"
}
