"""Words of made-up tasks. Earlier words of a list are chosen more often than later ones, as in real text."""

from __future__ import annotations


def _listed(written: str) -> list[str]:
    return written.split()


VERBS = _listed("""registrera dokumentera rapportera fylla_i skriva_ut skanna arkivera sammanställa beställa attestera
kontrollera uppdatera föra_över skicka signera planera boka följa_upp redovisa kartlägga granska mata_in räkna
hämta ringa mejla bevaka besvara journalföra diarieföra inventera beräkna jämka rätta bekräfta ansöka_om
intyga yttra_sig_om schemalägga fakturera kontera kvittera makulera omregistrera avstämma redigera publicera
anmäla delge tillgängliggöra gallra kategorisera kopiera översätta avrapportera visera tidsätta prissätta
riskbedöma självskatta""")

OBJECTS = _listed("""blodtryck vårdplan frånvaro avvikelse genomförandeplan betyg körjournal statistik faktura läkemedel
remiss intyg lönetimmar närvaro arbetstid temperatur matkort inköp reseräkning schema protokoll enkät
kvalitetsregister väntetider hygienrutiner brandskydd egenkontroll arbetsmiljö sjukfrånvaro personakt journal
epikris samtycke individuell_plan skolplikt åtgärdsprogram kränkning incident dataskydd behörighet lösenord
lagersaldo hjälpmedel recept provsvar vaccination screening utskrivning inskrivning vårdbegäran tolk färdtjänst
bygglov tillsyn livsmedel alkoholtillstånd föreningsbidrag statsbidrag riktat_bidrag återrapport delårsrapport
bokslut budget prognos nyckeltal medarbetarsamtal rekrytering anställningsavtal löneunderlag semester
kompetensplan introduktion legitimation delegering ansvarsfördelning kontinuitetsplan krisplan risk_och_sårbarhet
miljödata energiförbrukning avfall transporter upphandling avtalsuppföljning leverantör direktupphandling
reklamation kundfaktura påminnelse kravbrev hyra nycklar passerkort telefoni licenser utrustning fordon däck
serviceprotokoll besiktning lekplats vattenprov badvatten skyddsrum ventilation städning tvätt kost_och_måltid
specialkost allergi fonus dödsbevis folkbokföring skyddade_uppgifter orosanmälan placering kontaktfamilj
försörjningsstöd boendestöd personlig_assistans avgiftsbeslut inkomstuppgift autogiro kölista förskolekö
modersmål nationella_prov extra_anpassning elevhälsa skolskjuts läsårstider""")

PLACES = _listed("""i_Cosmic i_Treserva på_papper i_två_system i_Excel i_Heroma i_Procapita i_Lifecare i_Platina i_Raindance
på_avdelningen i_hemtjänsten på_vårdcentralen i_skolan i_förskolan till_nämnden till_Socialstyrelsen
till_Skolverket till_IVO till_SCB till_regionen till_kommunen till_Försäkringskassan till_Arbetsmiljöverket
till_ekonomienheten till_HR i_Agresso i_Hypergene i_Public360 i_Combine i_Viva i_Unikum i_Infomentor i_Vklass
i_Stratsys i_Visma i_Palasso i_Medvind i_TimeCare i_Sesam i_Sectra i_Take_Care i_Melior i_Pascal i_NPÖ
i_Senior_alert i_Palliativregistret i_BPSD i_RiksSvikt i_Svevap inför_ronden efter_passet varje_morgon
vid_överlämning vid_utskrivning för_närståendes_räkning för_hela_enheten på_natten med_läkarsekreterare
på_Gotland""")

REASONS = _listed("""Uppgifterna_finns_redan_i_ett_annat_system_men_måste_skrivas_en_gång_till.
Ingen_vet_vem_som_läser_det. Blanketten_ändras_varje_år. Systemet_är_långsamt_och_loggar_ut.
Det_tar_tid_från_patienterna. Görs_för_säkerhets_skull. Krävs_enligt_rutinen_från_2014.
Vi_har_aldrig_fått_någon_återkoppling. Fältet_är_obligatoriskt_fast_det_inte_gäller_oss.
Måste_undertecknas_för_hand_och_skannas. Fick_göras_av_administratören_tidigare.
Två_olika_mottagare_frågar_efter_samma_sak.""")

OFFICES = _listed("""Ekonomiavdelningen HR-avdelningen IT-avdelningen Kommunikationsavdelningen Kvalitetsenheten Nämndsekretariatet
Upphandlingsenheten Säkerhetsenheten Lokalförsörjningen Registratorn Dataskyddsombudet Löneenheten Måltidsenheten
Miljöenheten Folkhälsoenheten Utvecklingsenheten Digitaliseringsenheten Förvaltningschefen Verksamhetschefen
Enhetschefen Rektorn Patientnämnden Revisionskontoret Internrevisionen Smittskyddsenheten Vårdhygien
Medicinsk_teknik Läkemedelsenheten Beredskapsenheten Forskningsenheten Regionarkivet Kundtjänst Växeln
Fastighetsavdelningen Serviceförvaltningen Bemanningsenheten Kompetenscentrum Inköpscentralen Redovisningsenheten
Controllerenheten""")

OTHERS = _listed("""EU:jordbruksfond Europeiska_socialfonden Europeiska_regionala_utvecklingsfonden Interreg Erasmus
Fackförbundet Försäkringsbolaget Leverantören Forskningsstudien Patientföreningen Idrottsförbundet
Sveriges_Kommuner_och_Regioner Inera Adda SKR_Företag Vårdförbundet Kommunal Lärarförbundet Visita Hyresgästen""")


def text(word: str) -> str:
    """A word of the lists as it is written: underscores are spaces."""
    return word.replace("_", " ")
