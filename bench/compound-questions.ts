// What people look for in languages that write compounds together, and where it stands: most say in several words what the text says
// in one, or the reverse; the others say it as the text does, and nothing may be lost for them. All were written before any search.

export interface CompoundQuestion {
  readonly query: string;
  /** Headings of pages, beginnings of cues, or names of files, any of which is right; none where the source doesn't hold it. */
  readonly at: readonly string[];
}

/** `query > place | place`, a question a line. */
function questions(lines: string): readonly CompoundQuestion[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [query, at = ''] = line.split('>');
      return {
        query: query!.trim(),
        at: at.split('|').flatMap((place) => (place.trim() === '' ? [] : [place.trim()])),
      };
    });
}

/** By name of a file in bench/compounds/. */
export const OWN_QUESTIONS: Readonly<Record<string, readonly CompoundQuestion[]>> = {
  'kaffeeautomat.de.txt': questions(`
    Filter wechseln > Filterwechsel
    Härte des Wassers einstellen > Wasserhärte
    Tank füllen > Wassertank
    Behälter für Bohnen > Bohnenbehälter
    Sprache auswählen > Sprachauswahl
    Größe der Tasse > Tassengröße
    Schaum aus Milch > Milchschaum
    Temperatur beim Brühen > Brühtemperatur
    Grad der Mahlung > Mahlgrad
    Programm zur Reinigung > Reinigungsprogramm
    Schale leeren > Tägliche Reinigung
    Sicherung für Kinder > Kindersicherung
    Energie sparen > Energiesparmodus
    Anschluss an das Netz > Netzanschluss
    Ort zum Aufstellen > Aufstellort
    Profil anlegen > Benutzerprofile
    Länge des Kabels > Technische Daten
    Druck der Pumpe > Technische Daten
    Meldungen bei Fehlern > Fehlermeldungen
    Dienst für Kunden > Garantie
    Schutz vor Frost > Transport
    Fach für Pulver > Pulverfach
    Wasser für Tee > Heißwasser
    Umfang der Lieferung > Lieferumfang
    Tankfüllung > Wassertank
    Espressozubereitung > Espresso zubereiten
    Gerätetransport > Transport
    Kaffeepulver > Pulverfach
    Entkalkung > Entkalkung
    Brühgruppe ausspülen > Brühgruppe
    Uhrzeit > Uhrzeit
    Milchschlauch reinigen > Milchsystem pflegen
    Fernbedienung >
    Handschuh >
    Druckerpatrone >
  `),
  'lernen.de.txt': questions(`
    Lern Rate > Wie groß das Stück ist
    Rate beim Lernen > Wie groß das Stück ist
    Funktion der Kosten > Wie gut das Modell ist
    Netz aus Neuronen > Viele davon | Ein Neuron
    Menge zum Testen > Diesen Teil nennt | Ein Teil der
    Daten zum Training > Zuerst brauchen wir
    Erkennung von Bildern > In der Bilderkennung
    Abstieg entlang des Gradienten > Das Verfahren dafür
    Anpassung > Ein anderes Problem
    Größe der Stapel > Die Stapelgröße | In der Praxis
    Neuronen abschalten > Dagegen hilft
  `),
  'wasmachine.nl.txt': questions(`
    filter schoonmaken > Pluizenfilter
    slot voor kinderen > Kinderslot
    bouten verwijderen > Transportbouten
    slang voor de afvoer > Afvoerslang
    druk van het water > Technische gegevens
    codes voor fouten > Foutcodes
    trommel reinigen > Trommelreiniging
    dienst voor klanten > Foutcodes
    start uitstellen > Startuitstel
    middel om te wassen > Wasmiddel
    toerental > Centrifugeren
    afstandsbediening >
  `),
  'diskmaskin.sv.txt': questions(`
    filter rengöra > Filterrengöring
    lås för barn > Barnlås
    vattnets hårdhet > Vattenhårdhet
    korg för bestick > Bestickkorg
    medel för disk > Diskmedel
    nivå på ljudet > Tekniska data
    koder för fel > Felkoder
    tid för start > Fördröjd start
    anslutning till vatten > Vattenanslutning
    arm som spolar > Felkoder
    spolglans > Spolglans
    fjärrkontroll >
  `),
};

/** Of the help that comes with GIMP, by language; `at` are its files. */
export const GIMP_QUESTIONS: Readonly<Record<string, readonly CompoundQuestion[]>> = {
  de: questions(`
    Maske für eine Ebene hinzufügen > gimp-layer-mask-add
    Maske einer Ebene bearbeiten > gimp-layer-mask-edit
    Maske der Ebene löschen > gimp-layer-mask-delete
    Ebenen in einer Gruppe > gimp-layer-groups | gimp-layer-new-layer-group
    Kürzel für Tasten ändern > gimp-concepts-shortcuts | gimp-edit-keyboard-shortcuts
    Pipette für Farben > gimp-tool-color-picker
    Fenster zur Navigation > gimp-navigation-dialog | gimp-view-navigation
    Verlauf von Farben > gimp-tool-gradient | gimp-concepts-gradients | gimp-gradient-dialog
    Reflexe der Linse > gimp-filter-lens-flare
    Verzerrung der Linse > gimp-filter-lens-distortion
    Schatten werfen > gimp-filter-dropshadow | script-fu-drop-shadow
    Unschärfe durch Bewegung > gimp-filter-motion-blur-linear | gimp-filter-motion-blur-circular | gimp-filter-motion-blur-zoom
    Abgleich von Weiß > gimp-layer-white-balance
    Balance der Farben > gimp-tool-color-balance
    Kurven für Farben > gimp-tool-curves
    Profil für Farben zuweisen > gimp-image-color-profile-assign
    Größe beim Druck > gimp-image-print-size
    Größe der Leinwand ändern > gimp-image-resize
    Linien zur Hilfe > gimp-concepts-image-guides | gimp-image-guides | gimp-concepts-image-grid-and-guides
    Modus der Ebene > gimp-concepts-layer-modes | gimp-concepts-layer-modes-legacy
    Pistole zum Sprühen > gimp-tool-airbrush
    Mixer für Kanäle > gimp-filter-channel-mixer
    Maske schnell umschalten > gimp-using-quickmask | gimp-quick-mask-toggle | gimp-image-window-quick-mask-button
    Leiste für den Status > gimp-view-show-statusbar
    Leiste der Menüs anzeigen > gimp-view-show-menubar
    Balken zum Rollen > gimp-view-show-scrollbars
    Optionen der Werkzeuge fehlen > gimp-stuck-missing-tool-options
    Meta Daten > gimp-image-metadata | plug-in-metadata-viewer | plug-in-metadata-editor
    Druck wie in der Zeitung > gimp-filter-newsprint
    Flecken von Kaffee > script-fu-coffee-stain
    Umwandlung in Stufen von Grau > gimp-image-convert-grayscale
    Ebenengröße > gimp-layer-resize
    Bilddrehung > gimp-image-rotate-90
    Auswahlrand > gimp-selection-border
    Maskenlöschung > gimp-layer-mask-delete
    Ebenenverankerung > gimp-layer-anchor
    Ebenenspiegelung > gimp-layer-flip-horizontal | gimp-layer-flip-vertical
    Bildzuschnitt > gimp-tool-crop | gimp-image-crop
    Schriftauswahl > gimp-font-dialog
    rote Augen entfernen > gimp-filter-red-eye-removal
    Zauberstab > gimp-tool-fuzzy-select
    rechteckige Auswahl > gimp-tool-rect-select
    Bild skalieren > gimp-image-scale | gimp-tutorial-quickie-scale
    Raster konfigurieren > gimp-image-configure-grid
    Schwellwert > gimp-tool-threshold
    Textwerkzeug > gimp-tool-text
    Ecken abrunden > script-fu-round-corners
    Vorlage aus Bild erstellen > gimp-file-create-template | gimp-template-dialog
  `),
  nl: questions(`
    masker voor een laag toevoegen > gimp-layer-mask-add
    masker van de laag verwijderen > gimp-layer-mask-delete
    lagen in een groep > gimp-layer-groups | gimp-layer-new-layer-group
    pipet voor kleuren > gimp-tool-color-picker
    balk met de status > gimp-view-show-statusbar
    balk met menu's > gimp-view-show-menubar
    profiel voor kleuren toewijzen > gimp-image-color-profile-assign
    grootte van het canvas > gimp-image-resize
    verloop van kleuren > gimp-tool-gradient | gimp-concepts-gradients | gimp-gradient-dialog
    balans van kleuren > gimp-tool-color-balance
    lijnen als hulp > gimp-concepts-image-guides | gimp-image-guides | gimp-concepts-image-grid-and-guides
    combinatie van toetsen > gimp-concepts-shortcuts | gimp-edit-keyboard-shortcuts
  `),
  sv: questions(`
    lägga till mask för lager > gimp-layer-mask-add
    ta bort lagrets mask > gimp-layer-mask-delete
    grupp av lager > gimp-layer-groups | gimp-layer-new-layer-group
    pipett för färg > gimp-tool-color-picker
    balans av färger > gimp-tool-color-balance
    tilldela profil för färg > gimp-image-color-profile-assign
    storlek på duken > gimp-image-resize
    linjer till hjälp > gimp-concepts-image-guides | gimp-image-guides | gimp-concepts-image-grid-and-guides
    rad för status > gimp-view-show-statusbar
    rad med menyer > gimp-view-show-menubar
    balans av vitt > gimp-layer-white-balance
    storlek vid utskrift > gimp-image-print-size
  `),
};

/** Of the first two sources together: what an answer must say, nothing where they hold none. Written before any answer was seen. */
export const ASKED = questions(`
  Wie groß ist der Druck der Pumpe? > 15 bar
  Wie lang ist das Kabel? > 1,2
  Wann muss der Filter gewechselt werden? > Patrone
  Wie lange dauert das Programm zur Reinigung? > zwanzig
  Wohin kommt das Pulver? > Pulverfach
  Wie hoch ist die Spannung? > 230
  Wie lange läuft die Garantie? > zwei Jahre
  Wie viele Bohnen passen in den Behälter? > 250
  Wann ist der Dienst für Kunden erreichbar? > achtzehn
  Welche Erkennung arbeitet im Telefon? > Spracherkennung
  Was misst die Funktion der Kosten? > Kostenfunktion
  Wie heißt das Verfahren mit dem Gradienten? > Gradientenabstieg
  Wie leert man die Schale? > gießen
  Wie schaltet man die Sicherung für Kinder ein? > OK und Zurück
  Was ist die Menge zum Testen? > Testmenge
  Wie entfernt man Kalk? > Entkalker
  Welche Spannung hat die Batterie? >
  Wie teuer ist ein Ersatztank? >
  Wer hat die Pumpe erfunden? >
  Wie viele Sprachen spricht der Kundendienst? >
  Wie lange hält der Akku der Fernbedienung? >
  Wo liegt die Kaffeeplantage? >
  Wie schließt man die Kamera an? >
  Welche Farbe hat die Tasche? >
  Wie wechselt man den Luftfilter? >
  Welche Funktion hat die Schublade? >
  Wie groß ist die Speicherkarte? >
  Wie repariert man das Netz? >
`);
