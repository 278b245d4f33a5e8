"""What the tour plays, in order, with the words in which it tells of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from desktop.tour.absence import declare_a_leave, export_the_former_space
from desktop.tour.arriving import first_list, open_attachment, read_a_request, search, sign_in, sort_out, start
from desktop.tour.checking import correct, drop_the_folder, open_the_tab, see_what_is_wrong, teach
from desktop.tour.disputing import (
    dispute,
    find_somebody,
    look_at_findings,
    narrow_down,
    print_the_report,
    see_the_leave,
    sum_up,
    write_to_the_adviser,
)
from desktop.tour.governing import add_a_user, change_rights, lose_a_right, see_users
from desktop.tour.keeping import begin_an_account, lock_and_unlock, see_ones_account
from desktop.tour.permission import put_right, refused, session_over, sign_in_again
from desktop.tour.spaces import add_a_space, become_administrator, jump_to_the_former_space, new_request
from desktop.tour.stage import Stage
from desktop.tour.weather import answer_arrives, come_back, conflict, insist, lose_the_portal, write_without_it
from desktop.tour.writing import reply_with_a_file, send, send_the_awaited_document, take_back


@dataclass(frozen=True, slots=True)
class Step:
    told: str
    play: Callable[[Stage], None]


STEPS: Final = (
    Step("préparer le portail et ouvrir la fenêtre", start),
    Step("commencer un compte", begin_an_account),
    Step("se connecter", sign_in),
    Step("recevoir ses demandes", first_list),
    Step("rechercher", search),
    Step("filtrer", sort_out),
    Step("lire une conversation", read_a_request),
    Step("ouvrir une pièce jointe", open_attachment),
    Step("répondre avec un fichier", reply_with_a_file),
    Step("annuler l’envoi", take_back),
    Step("envoyer", send),
    Step("recevoir la réponse du conseiller", answer_arrives),
    Step("envoyer le document attendu", send_the_awaited_document),
    Step("perdre le portail", lose_the_portal),
    Step("écrire hors connexion", write_without_it),
    Step("retrouver le portail", come_back),
    Step("écrire pendant que le conseiller clôt", conflict),
    Step("envoyer quand même", insist),
    Step("envoyer ce que le portail refuse", refused),
    Step("corriger et renvoyer", put_right),
    Step("écrire pendant que la session se termine", session_over),
    Step("se reconnecter sur place", sign_in_again),
    Step("régler son compte", see_ones_account),
    Step("verrouiller et déverrouiller", lock_and_unlock),
    Step("aller aux demandes de l’ancien espace", jump_to_the_former_space),
    Step("préparer une nouvelle demande", new_request),
    Step("devenir administrateur", become_administrator),
    Step("ajouter un espace", add_a_space),
    Step("voir les utilisateurs", see_users),
    Step("ajouter un utilisateur", add_a_user),
    Step("changer des droits", change_rights),
    Step("perdre un droit", lose_a_right),
    Step("ouvrir la vérification de fichiers", open_the_tab),
    Step("déposer un dossier", drop_the_folder),
    Step("voir ce qui ne va pas dans chaque fichier", see_what_is_wrong),
    Step("indiquer les colonnes d’un tableau", teach),
    Step("corriger une ligne rejetée", correct),
    Step("trouver un salarié en tapant", find_somebody),
    Step("filtrer les lignes", narrow_down),
    Step("lire la synthèse", sum_up),
    Step("lire les points relevés", look_at_findings),
    Step("voir l’image d’un arrêt", see_the_leave),
    Step("contester avec un motif", dispute),
    Step("imprimer le rapport", print_the_report),
    Step("écrire au conseiller", write_to_the_adviser),
    Step("déclarer un arrêt de travail", declare_a_leave),
    Step("exporter les dossiers de l’ancien espace", export_the_former_space),
)
