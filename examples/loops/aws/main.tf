# AWS Secrets Manager hands the provider the secret that signs, and each rotation
# puts the new one back. Neither state nor plan holds it in plaintext.

terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.50" # some before it fail on a version known only after apply
    }
  }
}

variable "recipient" {
  description = "Public key of the identity in INTEGRATOR_AGE_IDENTITY: age-keygen -y key.txt"
  type        = string
}

ephemeral "aws_secretsmanager_secret_version" "integrator" {
  secret_id = "integrator/api-secret"
}

provider "integrator" {
  integrator_secret = ephemeral.aws_secretsmanager_secret_version.integrator.secret_string
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 3600
  rotate_after_days            = 30
  recipients                   = [var.recipient]
}

ephemeral "integrator_decrypted_secret" "example" {
  ciphertext = integrator_api_secret.example.encrypted_secret
}

resource "aws_secretsmanager_secret_version" "integrator" {
  secret_id                = "integrator/api-secret"
  secret_string_wo         = ephemeral.integrator_decrypted_secret.example.secret
  secret_string_wo_version = integrator_api_secret.example.version
}
