-- By what an employee is told from another, as contract.periods compares it ("" where it was not told): a declaration is
-- compared with her own leaves, not with those of everybody. `employee_sign` is given by the store while it migrates.

ALTER TABLE leaves ADD COLUMN matricule_sign TEXT NOT NULL DEFAULT '';
ALTER TABLE leaves ADD COLUMN nir_sign TEXT NOT NULL DEFAULT '';
ALTER TABLE leaves ADD COLUMN name_sign TEXT NOT NULL DEFAULT '';

UPDATE leaves SET
  matricule_sign = employee_sign(0, matricule, last_name, first_name, nir),
  nir_sign = employee_sign(1, matricule, last_name, first_name, nir),
  name_sign = employee_sign(2, matricule, last_name, first_name, nir);

CREATE INDEX leaves_matricule ON leaves (space_id, matricule_sign) WHERE matricule_sign <> '';
CREATE INDEX leaves_nir ON leaves (space_id, nir_sign) WHERE nir_sign <> '';
CREATE INDEX leaves_name ON leaves (space_id, name_sign);
