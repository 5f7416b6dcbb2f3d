"""What is taught: content, notations, pictures and figures as plain data, in English and Chinese. No Streamlit here."""
