//! The words that documents are printed with, in the languages they speak.

macro_rules! words {
    ($($key:ident: $en:literal, $de:literal, $fr:literal;)*) => {
        /// The words of one language; what each says is its English value.
        #[derive(Debug, PartialEq, Eq)]
        pub struct Words {
            $(#[doc = $en] pub $key: &'static str,)*
            /// What the ERP calls things in English, and how it is said here.
            values: &'static [(&'static str, &'static str)],
        }

        /// English.
        pub static ENGLISH: Words = Words { $($key: $en,)* values: &[] };
        /// German.
        pub static GERMAN: Words = Words { $($key: $de,)* values: GERMAN_VALUES };
        /// French.
        pub static FRENCH: Words = Words { $($key: $fr,)* values: FRENCH_VALUES };
    };
}

words! {
    page: "Page", "Seite", "Page";
    of: "of", "von", "sur";
    printed: "Printed", "Gedruckt", "Imprimé le";
    tax_id: "Tax ID", "USt-IdNr.", "N° TVA";
    customer: "Customer", "Kunde", "Client";
    vendor: "Vendor", "Lieferant", "Fournisseur";
    partner: "Contact", "Kontakt", "Contact";
    quotation: "Quotation", "Angebot", "Devis";
    order: "Sales Order", "Auftragsbestätigung", "Commande";
    rfq: "Request for Quotation", "Angebotsanfrage", "Demande de prix";
    purchase: "Purchase Order", "Bestellung", "Bon de commande";
    invoice: "Invoice", "Rechnung", "Facture";
    credit_note: "Credit Note", "Gutschrift", "Avoir";
    bill: "Vendor Bill", "Eingangsrechnung", "Facture fournisseur";
    vendor_credit: "Vendor Credit Note", "Lieferantengutschrift", "Avoir fournisseur";
    delivery: "Delivery Slip", "Lieferschein", "Bon de livraison";
    receipt: "Goods Receipt", "Wareneingang", "Bon de réception";
    transfer: "Internal Transfer", "Umlagerung", "Transfert interne";
    adjustment: "Inventory Adjustment", "Bestandskorrektur", "Ajustement de stock";
    stock: "Stock Sheet", "Bestandsliste", "État du stock";
    draft: "Draft", "Entwurf", "Brouillon";
    cancelled: "Cancelled", "Storniert", "Annulé";
    paid: "Paid", "Bezahlt", "Payé";
    done: "Done", "Erledigt", "Fait";
    reversed: "Reversed", "Storniert", "Extourné";
    date: "Date", "Datum", "Date";
    quotation_date: "Quotation Date", "Angebotsdatum", "Date du devis";
    order_date: "Order Date", "Auftragsdatum", "Date de commande";
    order_deadline: "Order Deadline", "Bestellfrist", "Date limite";
    expected: "Expected Arrival", "Erwarteter Eingang", "Arrivée prévue";
    invoice_date: "Invoice Date", "Rechnungsdatum", "Date de facturation";
    due: "Due Date", "Fällig am", "Échéance";
    expiration: "Expiration", "Gültig bis", "Valable jusqu’au";
    delivery_date: "Delivery Date", "Liefertermin", "Date de livraison";
    scheduled: "Scheduled Date", "Geplant am", "Date prévue";
    transferred: "Date of Transfer", "Ausgeführt am", "Date de transfert";
    your_reference: "Your Reference", "Ihr Zeichen", "Votre référence";
    vendor_reference: "Vendor Reference", "Lieferantenreferenz", "Référence fournisseur";
    reference: "Reference", "Referenz", "Référence";
    source: "Source Document", "Ursprung", "Document d’origine";
    salesperson: "Salesperson", "Ansprechpartner", "Vendeur";
    buyer: "Buyer", "Einkauf", "Acheteur";
    responsible: "Responsible", "Zuständig", "Responsable";
    terms: "Payment Terms", "Zahlungsbedingungen", "Conditions de paiement";
    currency: "Currency", "Währung", "Devise";
    from: "From", "Von", "De";
    to: "To", "Nach", "Vers";
    deliver_to: "Deliver To", "Lieferung an", "Livrer à";
    warehouse: "Warehouse", "Lager", "Entrepôt";
    back_order_of: "Back Order of", "Restlieferung zu", "Reliquat de";
    reversal_of: "Reversal of", "Storno zu", "Extourne de";
    description: "Description", "Bezeichnung", "Description";
    product: "Product", "Produkt", "Article";
    quantity: "Quantity", "Menge", "Quantité";
    unit: "Unit", "Einheit", "Unité";
    unit_price: "Unit Price", "Einzelpreis", "Prix unitaire";
    discount: "Disc.", "Rabatt", "Remise";
    tax: "Tax", "Steuer", "Taxe";
    taxes: "Taxes", "Steuern", "Taxes";
    on: "on", "auf", "sur";
    amount: "Amount", "Betrag", "Montant";
    untaxed: "Untaxed Amount", "Nettobetrag", "Montant HT";
    total: "Total", "Gesamtbetrag", "Total TTC";
    payments: "Already Paid", "Bereits gezahlt", "Déjà payé";
    amount_due: "Amount Due", "Offener Betrag", "Montant dû";
    subtotal: "Subtotal", "Zwischensumme", "Sous-total";
    status: "Status", "Status", "Statut";
    on_hand: "On Hand", "Bestand", "En stock";
    reserved: "Reserved", "Reserviert", "Réservé";
    available: "Available", "Verfügbar", "Disponible";
    value: "Value", "Wert", "Valeur";
    category: "Category", "Kategorie", "Catégorie";
    elsewhere: "No warehouse", "Ohne Lager", "Sans entrepôt";
    received: "Received by", "Empfangen von", "Reçu par";
    signature: "Date and signature", "Datum und Unterschrift", "Date et signature";
}

const GERMAN_VALUES: &[(&str, &str)] = &[
    ("Immediate Payment", "Sofort zahlbar"),
    ("15 Days", "15 Tage"),
    ("30 Days", "30 Tage"),
    ("60 Days", "60 Tage"),
    ("Units", "Stk."),
    ("Hours", "Std."),
    ("L", "l"),
    ("Waiting for Stock", "Wartet auf Ware"),
    ("Confirmed", "Bestätigt"),
    ("Ready", "Bereit"),
    ("Done", "Erledigt"),
    ("Draft", "Entwurf"),
    ("Cancelled", "Storniert"),
    ("Tax", "Steuer"),
];

const FRENCH_VALUES: &[(&str, &str)] = &[
    ("Immediate Payment", "Paiement immédiat"),
    ("15 Days", "15 jours"),
    ("30 Days", "30 jours"),
    ("60 Days", "60 jours"),
    ("Units", "Unités"),
    ("Hours", "Heures"),
    ("L", "l"),
    ("Waiting for Stock", "En attente de stock"),
    ("Confirmed", "Confirmé"),
    ("Ready", "Prêt"),
    ("Done", "Fait"),
    ("Draft", "Brouillon"),
    ("Cancelled", "Annulé"),
    ("Tax", "Taxe"),
];

impl Words {
    /// How a value of the ERP is said; what is not known stays as the ERP says it.
    pub fn value(&self, english: &str) -> String {
        let known = self.values.iter().find(|(key, _)| *key == english);
        known.map_or(english, |(_, said)| said).to_owned()
    }
}
