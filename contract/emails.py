"""Whether an address can be a person's own professional one. Both sides ask: the client while one types, the portal
before it writes to it."""

import re
import unicodedata
from typing import Final

CHARACTERS: Final = 254

_WORDS: Final = """
abonnement abuse accueil achat achats adherent adherents administratif administration administrateur admin adv
affiliation affiliations agence aide assistance assistante assurance assurances atelier
bienvenue boutique bonjour bureau bureaux cabinet chantier client clientele clients comite commande commandes
commercial commerciaux communication compta comptabilite comptable comptables conge conges contact contacts
contrat contrats copropriete courrier courriers cse
daf demande demandes depot devis dg direction dirigeant dirigeants documents drh dsi dsn
ecole email employeur entreprise envoi equipe espace etablissement etude expedition export
facturation facture factures finance finances fournisseurs formation
general gerance gerant gestion gestionnaire gestionnaires groupe
hello help helpdesk hr human humaines hotline
info infos informatique information informations invoice
juridique logistique magasin mail mailbox mairie marketing message messages mutuelle mutuelles
noreply nepasrepondre notification notifications
office ordre paie paies payroll paye payes pdg personnel planning plateforme portail postmaster presidence
president prevoyance production
qualite qhse reception recrutement relance reponse reservation ressources responsable rh rrh
salaire salaires salarie salaries sav sante secretaire secretaires secretariat securite security service services
siege sinistre sinistres sirh site social societe staff standard stagiaire support
team technique tresorerie usine utilisateur utilisateurs vente ventes vie webmaster
"""
GENERIC: Final = frozenset(_WORDS.split())
"""The first words of addresses that several people read, without accents, digits and separators."""

_SHAPE: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")
_NO_ADDRESS: Final = "Cette adresse e-mail n’est pas complète. Exemple\u00a0: prenom.nom@entreprise.fr."
_SHARED: Final = (
    "Cette adresse semble partagée par plusieurs personnes. Donnez l’adresse professionnelle de la personne elle-même."
)
_SHORTEST_PART: Final = 3


def complaint(email: str) -> str | None:
    """A French sentence about an address that is none, or that several people read (contact@, rh@, paie2@,
    service.paie@…); None for one that may be a person's own."""
    told = email.strip()
    local = told.partition("@")[0]
    whole = len(told) <= CHARACTERS and told.isprintable() and _SHAPE.fullmatch(told) is not None
    if not whole or ".." in told or local.startswith(".") or local.endswith("."):
        return _NO_ADDRESS
    return _SHARED if is_generic(local) else None


def is_generic(local: str) -> bool:
    """Whether what stands before the @ names a place or a task, not a person. What follows a `+` does not matter."""
    bare = unicodedata.normalize("NFKD", local.partition("+")[0].casefold())
    letters = "".join(char for char in bare if not unicodedata.combining(char) and not char.isdigit())
    words = [word for word in re.split(r"[^a-z]+", letters) if word]
    if not words:
        return True
    return words[0] in GENERIC or _made_of_generic("".join(words))


def _made_of_generic(joined: str) -> bool:
    """« servicepaie », « rhcontact »: nothing but generic words, one after the other."""
    reached = [True] + [False] * len(joined)
    for end in range(1, len(joined) + 1):
        for start in range(end):
            part = joined[start:end]
            long_enough = len(part) >= _SHORTEST_PART or part == "rh"
            if reached[start] and part in GENERIC and long_enough:
                reached[end] = True
                break
    return reached[-1]
