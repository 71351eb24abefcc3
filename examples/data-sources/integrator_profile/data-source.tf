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

data "integrator_profile" "example" {}

output "integrator_name" {
  value = data.integrator_profile.example.name
}
